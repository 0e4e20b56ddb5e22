package bulwark.web;

import bulwark.kernel.time.Timestamps;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The query string of a request, read by name. What is wrong is collected and thrown together by {@link #check};
 * until then a faulty parameter reads as its fallback. An empty number counts as faulty. For one thread.
 */
public final class QueryParameters {
    private static final Set<String> TRUE = Set.of("1", "true", "t", "yes", "y", "on");
    private static final Set<String> FALSE = Set.of("0", "false", "f", "no", "n", "off");
    /** A '+' that was not encoded arrives as a blank. */
    private static final Pattern BLANK_FOR_PLUS = Pattern.compile(" (\\d\\d(:?\\d\\d)?)$");

    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,30}");
    private static final Pattern DECIMAL = Pattern.compile("[+-]?[0-9]{1,30}(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?");

    private final Request request;
    private final FieldErrors errors = new FieldErrors(Set.of());

    private QueryParameters(Request request) {
        this.request = request;
    }

    public static QueryParameters of(Request request) {
        return new QueryParameters(request);
    }

    /** Required. */
    public String text(String name) {
        if (one(name).isEmpty()) {
            errors.add(FieldError.REQUIRED, at(name), "is required", null);
        }
        return optionalText(name).orElse("");
    }

    public Optional<String> optionalText(String name) {
        return one(name).filter(text -> errors.text(text, at(name), 0, Integer.MAX_VALUE, false));
    }

    /** Every value of a name that may stand more than once. */
    public List<String> texts(String name) {
        return request.queryAll(name).stream()
                .filter(text -> errors.text(text, at(name), 0, Integer.MAX_VALUE, false))
                .toList();
    }

    /** Inclusive range. */
    public long wholeNumber(String name, long fallback, long min, long max) {
        return optionalWholeNumber(name, min, max).orElse(fallback);
    }

    /** Inclusive range. */
    public Optional<Long> optionalWholeNumber(String name, long min, long max) {
        Optional<String> text = one(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!WHOLE.matcher(text.get()).matches()) {
            errors.add(FieldError.NOT_INTEGER, at(name), "must be a whole number", text.get());
            return Optional.empty();
        }
        return ranged(name, text.get(), BigDecimal.valueOf(min), BigDecimal.valueOf(max), true)
                .map(BigDecimal::longValueExact);
    }

    /** Inclusive range. */
    public double number(String name, double fallback, double min, double max) {
        Optional<String> text = one(name);
        if (text.isEmpty()) {
            return fallback;
        }
        if (!DECIMAL.matcher(text.get()).matches()) {
            errors.add(FieldError.NOT_NUMBER, at(name), "must be a number", text.get());
            return fallback;
        }
        return ranged(name, text.get(), BigDecimal.valueOf(min), BigDecimal.valueOf(max), false)
                .map(BigDecimal::doubleValue)
                .orElse(fallback);
    }

    public boolean flag(String name, boolean fallback) {
        Optional<String> text = one(name);
        String lower = text.map(t -> t.toLowerCase(Locale.ROOT)).orElse("");
        if (text.isPresent() && !TRUE.contains(lower) && !FALSE.contains(lower)) {
            errors.add(FieldError.NOT_BOOLEAN, at(name), "must be true or false", text.get());
        }
        return TRUE.contains(lower) || (!FALSE.contains(lower) && fallback);
    }

    /** ISO 8601; without an offset it means UTC. */
    public Optional<Instant> instant(String name) {
        Optional<String> text = optionalText(name);
        Optional<Instant> instant = text.flatMap(QueryParameters::instantOf);
        if (text.isPresent() && instant.isEmpty()) {
            errors.add(FieldError.NOT_TIME, at(name), "must be a time of ISO 8601: 2026-01-31T12:00:00Z", text.get());
        }
        return instant;
    }

    /** As {@link #instant} reads it. */
    public static Optional<Instant> instantOf(String text) {
        return Timestamps.parse(text)
                .or(() -> Timestamps.parse(BLANK_FOR_PLUS.matcher(text).replaceFirst("+$1")));
    }

    /** One of the given words. @throws ApiRefusal at once, with the words sorted */
    public Optional<String> oneOf(String name, Set<String> words) {
        Optional<String> text = one(name);
        if (text.isPresent() && !words.contains(text.get())) {
            throw new ApiRefusal(ApiRefusal.Kind.MALFORMED, "unknown_word", name + " must be one of " + setOf(words));
        }
        return text;
    }

    /** @throws FieldsRefused with everything found so far */
    public void check() {
        errors.check();
    }

    /** {@code {'company', 'local', …}}, sorted. */
    private static String setOf(Set<String> words) {
        return new TreeSet<>(words).stream().map(word -> "'" + word + "'").collect(Collectors.joining(", ", "{", "}"));
    }

    private Optional<BigDecimal> ranged(String name, String text, BigDecimal min, BigDecimal max, boolean whole) {
        BigDecimal value = new BigDecimal(text);
        return errors.range(value, at(name), min, max, whole, text) ? Optional.of(value) : Optional.empty();
    }

    /** Two values where one is expected: which of them counts would depend on who reads. */
    private Optional<String> one(String name) {
        List<String> values = request.queryAll(name);
        if (values.size() > 1) {
            errors.add(FieldError.GIVEN_TWICE, at(name), "must be given once", values.getLast());
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }

    private static List<Object> at(String name) {
        return List.of("query", name);
    }
}
