package bulwark.gateway.enforcement;

import bulwark.gateway.call.LocalAnswer;
import bulwark.gateway.http1.RawRequestHead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An answer that was kept. Immutable as long as nobody writes to the body.
 *
 * @param fields without the type of the content
 * @param vary values of the request that the answer was made for, by name in lower case
 * @param initialAgeMillis its age when it came (RFC 9111 §4.2.3)
 * @param storedMillis when it came, of the clock
 * @param freshMillis how long it is fresh, from the time at which it was made
 */
record StoredAnswer(
        int status,
        String contentType,
        List<String> fields,
        byte[] body,
        Map<String, String> vary,
        long initialAgeMillis,
        long storedMillis,
        long freshMillis) {
    private static final int OVERHEAD_BYTES = 600;
    private static final Set<String> OF_NOT_MODIFIED =
            Set.of("cache-control", "content-location", "date", "etag", "expires", "vary", "last-modified");

    StoredAnswer {
        fields = List.copyOf(fields);
        vary = Map.copyOf(vary);
    }

    /** Roughly what it takes of the heap. */
    int weight() {
        int text = fields.stream().mapToInt(String::length).sum();
        int varied = vary.entrySet().stream()
                .mapToInt(e -> e.getKey().length() + e.getValue().length())
                .sum();
        return OVERHEAD_BYTES + body.length + 2 * (text + varied);
    }

    long ageMillis(long nowMillis) {
        return initialAgeMillis + Math.max(0, nowMillis - storedMillis);
    }

    boolean isFresh(long nowMillis) {
        return ageMillis(nowMillis) < freshMillis;
    }

    /** Whether the request has the values that the answer was made for. */
    boolean isFor(RawRequestHead head) {
        return vary.entrySet().stream()
                .allMatch(field -> selected(head, field.getKey()).equals(field.getValue()));
    }

    /** The values of a request field in one text. @param lower name */
    static String selected(RawRequestHead head, String lower) {
        return String.join("\n", head.values(lower));
    }

    /** Null when there is none. @param lower name */
    @Nullable
    String value(String lower) {
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            if (fields.get(i).toLowerCase(Locale.ROOT).equals(lower)) {
                return fields.get(i + 1);
            }
        }
        return null;
    }

    /** What this request is answered: the answer, or that it has not changed (RFC 9110 §13.2.2). */
    LocalAnswer answer(RawRequestHead head, long nowMillis) {
        boolean unchanged = status == 200 && isUnchanged(head);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            if (!unchanged || OF_NOT_MODIFIED.contains(fields.get(i).toLowerCase(Locale.ROOT))) {
                lines.add(fields.get(i));
                lines.add(fields.get(i + 1));
            }
        }
        lines.addAll(List.of(
                "Age", Long.toString(ageMillis(nowMillis) / 1_000), "Via", "1.1 stoa", "Cache-Status", "stoa; hit"));
        return unchanged
                ? new LocalAnswer(304, "", new byte[0], lines)
                : new LocalAnswer(status, contentType, body, lines);
    }

    private boolean isUnchanged(RawRequestHead head) {
        List<String> tags = head.values("if-none-match");
        String own = value("etag");
        if (!tags.isEmpty()) {
            return own != null
                    && tags.stream()
                            .flatMap(line -> Arrays.stream(line.split(",")))
                            .map(String::strip)
                            .anyMatch(tag -> tag.equals("*") || weak(tag).equals(weak(own)));
        }
        String since = head.value("if-modified-since");
        return since != null && since.equals(value("last-modified"));
    }

    private static String weak(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }
}
