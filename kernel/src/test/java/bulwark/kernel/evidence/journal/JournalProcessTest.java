package bulwark.kernel.evidence.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.signing.Signing;
import bulwark.testkit.RequiredProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed, and what the system sees of the syncs. */
@Timeout(240)
class JournalProcessTest {
    @TempDir
    Path folder;

    @Test
    void a_kill_at_any_moment_loses_nothing_that_was_promised_and_a_second_of_the_rest_at_most() throws Exception {
        Random random = new Random(4716);
        Set<String> promised = new HashSet<>();
        for (int round = 0; round < 8; round++) {
            Path out = folder.resolve("out" + round);
            Process process = start(out, List.of(), 1_000_000, 20_000);
            int lines = 50 + random.nextInt(3_000);
            await().atMost(Duration.ofSeconds(60)).until(() -> lines(out).size() > lines);
            process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
            List<String> printed = lines(out);
            long end =
                    printed.stream().mapToLong(JournalProcessTest::nanos).max().orElse(0);
            for (String line : printed) {
                String text = line.substring(Math.max(0, line.indexOf("record")));
                if (line.startsWith("durable") || line.startsWith("allowed") && nanos(line) < end - 1_000_000_000L) {
                    promised.add("round " + text);
                }
            }
            List<String> read = texts();
            assertThat(read.stream().map(text -> "round " + text).toList()).containsAll(promised);
            assertThat(check()).isEmpty();
            promised.clear();
            for (JournalSegment segment : JournalSegment.in(journal())) {
                // Each round numbers its records anew: what the rounds before wrote must not stand in for them.
                if (round % 2 == 1) {
                    Files.delete(segment.file());
                }
            }
        }
    }

    @Test
    void a_sync_precedes_each_promise() throws Exception {
        RequiredProgram.onThePath("strace");
        Path trace = folder.resolve("trace");
        Path out = folder.resolve("out");
        Process process = start(
                out,
                List.of("strace", "-f", "-s", "16", "-o", trace.toString(), "-e", "trace=fdatasync,write"),
                26,
                1_000_000);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(lines(out)).endsWith("closed");
        int synced = 0;
        int promises = 0;
        for (String line : Files.readAllLines(trace)) {
            if (line.contains("fdatasync") && line.endsWith("= 0")) {
                synced++;
            } else if (line.contains("\"durable ")) {
                promises++;
                assertThat(synced).as("no sync before: " + line).isPositive();
                synced = 0;
            }
        }
        assertThat(promises).isEqualTo(6);
    }

    @Test
    void a_full_disk_is_refused_and_what_waited_is_written_once_there_is_room() throws Exception {
        RequiredProgram.onThePath("strace");
        Path out = folder.resolve("out");
        // The second and the third write into the journal fail, as on a disk that is full for a moment.
        Process process = start(
                out,
                List.of(
                        "strace",
                        "-f",
                        "-o",
                        folder.resolve("trace").toString(),
                        "-e",
                        "trace=pwrite64",
                        "-e",
                        "inject=pwrite64:error=ENOSPC:when=5..6"),
                400,
                10_000_000);
        assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
        List<String> printed = lines(out);
        assertThat(printed).anyMatch(line -> line.startsWith("failed the journal in") && line.contains("make room"));
        assertThat(printed).anyMatch(line -> line.startsWith("refused "));
        assertThat(printed).endsWith("closed");
        assertPromised(printed);
        assertThat(check()).isEmpty();
    }

    @Test
    void a_failed_sync_is_reported_and_never_tried_again() throws Exception {
        RequiredProgram.onThePath("strace");
        Path out = folder.resolve("out");
        Path trace = folder.resolve("trace");
        Process process = start(
                out,
                List.of(
                        "strace",
                        "-f",
                        "-o",
                        trace.toString(),
                        "-e",
                        "trace=fdatasync",
                        "-e",
                        "inject=fdatasync:error=EIO:when=3"),
                60,
                1_000_000);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        List<String> printed = lines(out);
        assertThat(printed).anyMatch(line -> line.startsWith("failed a sync of the journal"));
        assertThat(printed).anyMatch(line -> line.startsWith("fatal a sync of the journal"));
        assertThat(Files.readAllLines(trace).stream()
                        .filter(line -> line.contains("fdatasync("))
                        .count())
                .isEqualTo(3);
        int failed = printed.indexOf(printed.stream()
                .filter(line -> line.startsWith("failed"))
                .findFirst()
                .orElseThrow());
        assertThat(printed.subList(failed + 1, printed.size())).noneMatch(line -> line.startsWith("durable"));
        assertThat(check()).isEmpty();
    }

    private void assertPromised(List<String> printed) throws IOException {
        List<String> promised = printed.stream()
                .filter(line -> line.startsWith("durable") || line.startsWith("allowed"))
                .map(line -> line.substring(line.indexOf("record")))
                .toList();
        assertThat(texts()).containsAll(promised);
    }

    private Process start(Path out, List<String> tracer, int records, long pauseNanos) throws IOException {
        List<String> command = new ArrayList<>(tracer);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                JournalAppender.class.getName(),
                journal().toString(),
                Integer.toString(records),
                Long.toString(pauseNanos)));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
    }

    private Path journal() {
        return folder.resolve("journal");
    }

    private static long nanos(String line) {
        return line.startsWith("allowed ") ? Long.parseLong(line.split(" ")[1]) : 0;
    }

    /** Whole lines only: a kill may cut the last one. */
    private static List<String> lines(Path out) throws IOException {
        String text = Files.exists(out) ? Files.readString(out) : "";
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    private List<String> texts() throws IOException {
        List<String> texts = new ArrayList<>();
        new JournalReader(journal()).read(Instant.EPOCH, (number, at, record) -> {
            texts.add(new String(record, StandardCharsets.UTF_8));
            return true;
        });
        return texts;
    }

    private List<String> check() throws IOException {
        LogKeys keys = LogKeys.open(folder.resolve("keys"), Signing.fastest(), Clock.systemUTC());
        return JournalCheck.run(journal(), keys);
    }
}
