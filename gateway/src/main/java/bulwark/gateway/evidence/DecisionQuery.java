package bulwark.gateway.evidence;

import bulwark.kernel.evidence.journal.JournalReader;
import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which records are wanted. Null is no condition. Reads beside the gateway that writes; memory is bounded by the limit.
 *
 * @param since time of the record, inclusive
 * @param until time of the record, exclusive
 * @param outcome {@code allow} or {@code refuse}
 * @param id trace id or request id
 * @param limit at most so many, the newest
 */
public record DecisionQuery(
        Instant since,
        @Nullable Instant until,
        @Nullable String tenant,
        @Nullable String principal,
        @Nullable String outcome,
        @Nullable String id,
        int limit) {

    /** Oldest first. @param journal folder of its segments */
    public List<RecordedDecision> run(Path journal) throws IOException {
        Deque<RecordedDecision> found = new ArrayDeque<>();
        each(journal, record -> {
            if (found.size() == limit) {
                found.removeFirst();
            }
            found.addLast(record);
        });
        return new ArrayList<>(found);
    }

    /**
     * The oldest records that are wanted.
     *
     * @param more how many are wanted beyond them
     */
    public record Oldest(List<RecordedDecision> records, long more) {}

    /** For an id that callers choose: what comes later under the same id pushes nothing out. @param journal folder of its segments */
    Oldest oldest(Path journal) throws IOException {
        List<RecordedDecision> found = new ArrayList<>();
        AtomicLong more = new AtomicLong();
        each(journal, record -> {
            if (found.size() < limit) {
                found.add(record);
            } else {
                more.incrementAndGet();
            }
        });
        return new Oldest(found, more.get());
    }

    private void each(Path journal, Consumer<RecordedDecision> consumer) throws IOException {
        byte[] needle = id == null ? new byte[0] : inJson(id);
        JournalReader.Visitor visitor = (number, syncedAt, bytes) -> {
            if (contains(bytes, needle)) {
                RecordedDecision.parse(number, bytes).filter(this::matches).ifPresent(consumer);
            }
            return true;
        };
        if (id == null) {
            new JournalReader(journal).read(since, visitor);
        } else {
            new JournalReader(journal).read(since, needle, visitor);
        }
    }

    /** As it stands in a record, without the quotes. */
    private static byte[] inJson(String text) {
        byte[] quoted = StrictJson.write(text);
        return Arrays.copyOfRange(quoted, 1, quoted.length - 1);
    }

    boolean matches(RecordedDecision record) {
        Instant at = record.at();
        return !at.isBefore(since)
                && (until == null || at.isBefore(until))
                && (tenant == null || tenant.equals(record.text("tenant")))
                && (principal == null || principal.equals(record.text("principal")))
                && (outcome == null || outcome.equals(record.text("decision")))
                && (id == null || id.equals(record.text("trace")) || id.equals(record.text("request_id")));
    }

    /** Before anything is parsed: most records are other calls'. */
    private static boolean contains(byte[] bytes, byte[] needle) {
        int last = bytes.length - needle.length;
        for (int from = 0; from <= last; from++) {
            int at = 0;
            while (at < needle.length && bytes[from + at] == needle[at]) {
                at++;
            }
            if (at == needle.length) {
                return true;
            }
        }
        return false;
    }
}
