package bulwark.facts;

import bulwark.kernel.json.StrictJson;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The faults of one request, in FastAPI's words. */
final class FieldErrors {
    static final String NOT_AN_OBJECT = "Input should be a valid dictionary or object to extract fields from";

    /** More would make the answer larger than the request. */
    private static final int MAX_ERRORS = 100;

    /** A number past this exponent is out of every range here, and expanding it would cost memory. */
    private static final int MAX_SCALE = 1100;

    private final List<Refusal.Fault> found = new ArrayList<>();
    private final Set<String> secretFields;

    FieldErrors(Set<String> secretFields) {
        this.secretFields = secretFields;
    }

    static Refusal.Invalid notJson(StrictJson.JsonRefused refused) {
        if (refused instanceof StrictJson.DuplicateKey duplicate) {
            return Refusal.Invalid.field(
                    "duplicate_key", List.of("body", duplicate.key()), "The key is given twice", null);
        }
        String why = refused.getMessage() == null ? "not JSON" : refused.getMessage();
        return new Refusal.Invalid(List.of(new Refusal.Fault(
                "json_invalid",
                List.of("body", Math.max(0, refused.offset())),
                "JSON decode error",
                Map.of(),
                Map.of("error", why))));
    }

    static List<Object> join(List<Object> location, Object next) {
        List<Object> longer = new ArrayList<>(location);
        longer.add(next);
        return List.copyOf(longer);
    }

    boolean hides(String field) {
        return secretFields.contains(field);
    }

    boolean hidesAny() {
        return !secretFields.isEmpty();
    }

    void add(String type, List<Object> location, String message, @Nullable Object input) {
        add(new Refusal.Fault(type, location, message, small(input), Map.of()));
    }

    void valueError(List<Object> location, String sentence, @Nullable Object input) {
        add(new Refusal.Fault(
                "value_error", location, "Value error, " + sentence, small(input), Map.of("error", Map.of())));
    }

    boolean text(String text, List<Object> location, int min, int max, boolean hidden) {
        Object input = hidden ? null : text;
        int length = text.codePointCount(0, text.length());
        if (length < min) {
            add(limit("string_too_short", location, "String should have at least ", min, "min_length", input));
        } else if (length > max) {
            add(limit("string_too_long", location, "String should have at most ", max, "max_length", input));
        } else if (text.indexOf('\0') >= 0) {
            valueError(location, "NUL characters are not allowed", null);
        } else if (hasLoneSurrogate(text)) {
            valueError(location, "unpaired surrogates are not allowed", null);
        } else {
            return true;
        }
        return false;
    }

    boolean range(
            BigDecimal value, List<Object> location, BigDecimal min, BigDecimal max, boolean whole, Object input) {
        if (value.compareTo(min) < 0) {
            add(bound("greater_than_equal", location, "greater than or equal to ", min, "ge", input));
        } else if (value.compareTo(max) > 0) {
            add(bound("less_than_equal", location, "less than or equal to ", max, "le", input));
        } else if (whole && isFraction(value)) {
            String message = "Input should be a valid integer, got a number with a fractional part";
            add("int_from_float", location, message, input);
        } else {
            return true;
        }
        return false;
    }

    void check() {
        if (!found.isEmpty()) {
            throw new Refusal.Invalid(found);
        }
    }

    private void add(Refusal.Fault fault) {
        if (found.size() < MAX_ERRORS) {
            found.add(fault);
        }
    }

    private static boolean isFraction(BigDecimal value) {
        return value.scale() > MAX_SCALE || value.stripTrailingZeros().scale() > 0;
    }

    private static Refusal.Fault limit(
            String type, List<Object> location, String start, int limit, String name, @Nullable Object input) {
        String message = start + limit + (limit == 1 ? " character" : " characters");
        return new Refusal.Fault(type, location, message, small(input), Map.of(name, limit));
    }

    private static Refusal.Fault bound(
            String type, List<Object> location, String relation, BigDecimal bound, String name, Object input) {
        Object plain = isFraction(bound) ? (Object) bound.doubleValue() : (Object) bound.longValue();
        return new Refusal.Fault(
                type, location, "Input should be " + relation + plain, small(input), Map.of(name, plain));
    }

    /** The answer repeats small inputs only. */
    private static @Nullable Object small(@Nullable Object input) {
        return switch (input) {
            case String text when text.length() > 1024 || text.indexOf('\0') >= 0 || hasLoneSurrogate(text) -> null;
            case JsonNode node when node.toString().length() > 4096 -> null;
            case null -> null;
            default -> input;
        };
    }

    private static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }
}
