package bulwark.web;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Collects what is wrong with the fields of one request. For one thread. */
final class FieldErrors {
    /** More would make the answer larger than the request. */
    private static final int MAX_ERRORS = 100;

    /** A number past this exponent is out of every range here, and expanding it would cost memory. */
    private static final int MAX_SCALE = 1100;

    private final List<FieldError> found = new ArrayList<>();
    private final Set<String> secretFields;

    FieldErrors(Set<String> secretFields) {
        this.secretFields = secretFields;
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

    void add(String code, List<Object> location, String message, @Nullable Object input) {
        add(code, location, message, input, null);
    }

    void invalid(List<Object> location, String sentence, @Nullable Object input) {
        add(FieldError.INVALID, location, sentence, input);
    }

    boolean text(String text, List<Object> location, int min, int max, boolean hidden) {
        Object input = hidden ? null : text;
        int length = text.codePointCount(0, text.length());
        if (length < min) {
            add(FieldError.TEXT_TOO_SHORT, location, "must have at least " + min + " characters", input, (long) min);
        } else if (length > max) {
            add(FieldError.TEXT_TOO_LONG, location, "must have at most " + max + " characters", input, (long) max);
        } else if (text.indexOf('\0') >= 0) {
            invalid(location, "NUL characters are not allowed", null);
        } else if (hasLoneSurrogate(text)) {
            invalid(location, "unpaired surrogates are not allowed", null);
        } else {
            return true;
        }
        return false;
    }

    boolean range(
            BigDecimal value, List<Object> location, BigDecimal min, BigDecimal max, boolean whole, Object input) {
        if (value.compareTo(min) < 0) {
            add(FieldError.TOO_SMALL, location, "must be at least " + plain(min), input, plain(min));
        } else if (value.compareTo(max) > 0) {
            add(FieldError.TOO_LARGE, location, "must be at most " + plain(max), input, plain(max));
        } else if (whole && isFraction(value)) {
            add(FieldError.FRACTION, location, "must be a whole number", input);
        } else {
            return true;
        }
        return false;
    }

    void check() {
        if (!found.isEmpty()) {
            throw new FieldsRefused(found);
        }
    }

    private void add(
            String code, List<Object> location, String message, @Nullable Object input, @Nullable Number limit) {
        if (found.size() < MAX_ERRORS) {
            found.add(new FieldError(location, code, message, small(input), limit));
        }
    }

    private static boolean isFraction(BigDecimal value) {
        return value.scale() > MAX_SCALE || value.stripTrailingZeros().scale() > 0;
    }

    private static Number plain(BigDecimal bound) {
        return isFraction(bound) ? (Number) bound.doubleValue() : (Number) bound.longValue();
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
