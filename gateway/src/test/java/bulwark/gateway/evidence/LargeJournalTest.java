package bulwark.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallOutcome;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.TestCalls;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.journal.Journal;
import bulwark.kernel.evidence.journal.JournalIndexer;
import bulwark.kernel.evidence.journal.JournalTail;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long it takes to explain a call among very many, and what the index and the signed end of the journal cost. */
@Timeout(900)
class LargeJournalTest {
    /** More for figures: {@code -Dbulwark.journal.records=1000000}. */
    private static final int RECORDS = Integer.getInteger("bulwark.journal.records", 30_000);

    private static final int SAMPLES = 25;
    private static final int SIGNATURES = 50;
    private static final Duration MAX_EXPLANATION = Duration.ofMillis(200);

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    @TempDir
    private Path folder;

    @Test
    void a_call_among_very_many_is_explained_within_200_milliseconds() throws Exception {
        List<String> traces = new ArrayList<>();
        long began = System.nanoTime();
        try (Journal journal = Journal.open(
                folder.resolve("journal"), Journal.Options.DEFAULT, new SecureRandom(), Clock.systemUTC())) {
            for (int i = 0; i < RECORDS; i++) {
                GatewayCall call =
                        TestCalls.call("GET", "/orders/" + i, "192.0.2.7", "X-Request-ID: request-" + i + "\r\n");
                CallOutcome outcome = new CallOutcome(200, null, "http://10.0.0.1:9000", true, 11, 22, 3_000_000);
                call.end(outcome, List.of());
                DecisionRecord record = DecisionRecord.ended(call, outcome, System.currentTimeMillis());
                while (!journal.append(record)) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
                if (i % (RECORDS / SAMPLES) == 0) {
                    traces.add(call.trace().traceId());
                }
            }
        }
        Duration written = Duration.ofNanos(System.nanoTime() - began);
        double indexed = indexMicros();

        List<Long> millis = new ArrayList<>();
        for (String trace : traces) {
            DecisionQuery query = new DecisionQuery(Instant.EPOCH, null, null, null, null, trace, 100);
            long asked = System.nanoTime();
            DecisionQuery.Oldest found = query.oldest(folder.resolve("journal"));
            List<String> sentences = Explanation.of(found.records().getFirst());
            millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked));
            assertThat(found.records()).hasSize(1);
            assertThat(sentences).isNotEmpty();
        }
        List<Long> sorted = millis.stream().sorted().toList();
        System.out.printf(
                "%d records in %d ms; index %.2f µs of CPU for each; signed end %.0f µs of CPU each time; explained in %d ms (median), %d ms at most%n",
                RECORDS, written.toMillis(), indexed, tailMicros(), sorted.get(SAMPLES / 2), sorted.getLast());
        assertThat(sorted.get(SAMPLES / 2)).isLessThan(MAX_EXPLANATION.toMillis());
    }

    /** For each record, of the thread that writes the index. */
    private double indexMicros() throws IOException {
        JournalIndexer indexer = new JournalIndexer(folder.resolve("journal"), new DecisionIds());
        long before = threads.getCurrentThreadCpuTime();
        indexer.catchUp();
        return (threads.getCurrentThreadCpuTime() - before) / 1e3 / RECORDS;
    }

    /** For each signature, its file included. */
    private double tailMicros() throws IOException {
        Path keyFolder = folder.resolve("keys");
        JournalTail tail = new JournalTail(keyFolder, LogKeys.open(keyFolder, Signing.fastest(), Clock.systemUTC()));
        long before = threads.getCurrentThreadCpuTime();
        for (int i = 1; i <= SIGNATURES; i++) {
            tail.sign(i, "ab".repeat(32));
        }
        return (threads.getCurrentThreadCpuTime() - before) / 1e3 / SIGNATURES;
    }
}
