package bulwark.gateway.enforcement;

import bulwark.gateway.call.AnswerCopy;
import bulwark.gateway.policy.CachingRule;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What RFC 9111 §3 lets a shared cache keep, and how long it is fresh (§4.2). */
final class Freshness {
    private static final Set<Integer> STATUSES = Set.of(200, 203, 300, 301, 308, 404, 410);

    private Freshness() {}

    /** Of the head of an answer: null when it must not be kept. */
    static @Nullable StoredAnswer of(
            AnswerCopy answer, CachingRule rule, Map<String, String> selected, long nowMillis, byte[] body) {
        List<String> fields = answer.fields();
        if (!STATUSES.contains(answer.status()) || !values(fields, "set-cookie").isEmpty()) {
            return null;
        }
        CacheDirectives control = CacheDirectives.of(values(fields, "cache-control"));
        if (control.has("no-store") || control.has("private") || control.has("no-cache")) {
            return null;
        }
        if (rule.shared() && !control.has("public") && !control.has("s-maxage") && !control.has("must-revalidate")) {
            // Every call bears a credential: §3.5.
            return null;
        }
        long date = instant(values(fields, "date"), nowMillis);
        long fresh = freshMillis(control, fields, date, rule);
        long age = Math.max(Math.max(0, nowMillis - date), ageField(fields));
        StoredAnswer stored = new StoredAnswer(
                answer.status(), contentType(fields), rest(fields, date), body, selected, age, nowMillis, fresh);
        return stored.isFresh(nowMillis) ? stored : null;
    }

    private static long freshMillis(CacheDirectives control, List<String> fields, long date, CachingRule rule) {
        Long shared = control.seconds("s-maxage");
        Long max = shared != null ? shared : control.seconds("max-age");
        if (max != null) {
            return max * 1_000;
        }
        List<String> expires = values(fields, "expires");
        // A date that cannot be read is one that is over (§5.3).
        return expires.isEmpty() ? rule.ttl().toMillis() : instant(expires, Long.MIN_VALUE / 2) - date;
    }

    private static long ageField(List<String> fields) {
        List<String> age = values(fields, "age");
        return age.isEmpty() || !age.getFirst().matches("\\d{1,9}") ? 0 : Long.parseLong(age.getFirst()) * 1_000;
    }

    private static long instant(List<String> dates, long fallback) {
        if (dates.isEmpty()) {
            return fallback;
        }
        try {
            return ZonedDateTime.parse(dates.getFirst(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant()
                    .toEpochMilli();
        } catch (DateTimeParseException e) {
            return fallback;
        }
    }

    private static String contentType(List<String> fields) {
        List<String> types = values(fields, "content-type");
        return types.isEmpty() ? "application/octet-stream" : types.getFirst();
    }

    /** Without the type, which is told apart, and with a date. */
    private static List<String> rest(List<String> fields, long date) {
        List<String> rest = new ArrayList<>();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            String name = fields.get(i).toLowerCase(Locale.ROOT);
            if (!Set.of("content-type", "age", "date", "via").contains(name)) {
                rest.add(fields.get(i));
                rest.add(fields.get(i + 1));
            }
        }
        rest.add("Date");
        rest.add(DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.ofEpochMilli(date).atZone(java.time.ZoneOffset.UTC)));
        return rest;
    }

    /** Names in {@code Vary} in lower case; null for {@code *}, which no request matches (§4.1). */
    static @Nullable Set<String> varyNames(List<String> fields) {
        Map<String, Boolean> names = new HashMap<>();
        for (String line : values(fields, "vary")) {
            for (String name : line.split(",")) {
                names.put(name.strip().toLowerCase(Locale.ROOT), true);
            }
        }
        names.remove("");
        return names.containsKey("*") ? null : names.keySet();
    }

    private static List<String> values(List<String> fields, String lower) {
        List<String> values = new ArrayList<>(1);
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            if (fields.get(i).toLowerCase(Locale.ROOT).equals(lower)) {
                values.add(fields.get(i + 1));
            }
        }
        return values;
    }
}
