package bulwark.tasks.client;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What readers of envelopes refuse is refused here, where the caller still sees it. */
final class Sendable {
    private Sendable() {}

    /** @throws IllegalArgumentException naming the field */
    static void check(String field, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new IllegalArgumentException(
                        field + " holds half a character (a surrogate without its other half)");
            }
        }
    }

    static void check(String field, Map<String, String> texts) {
        texts.forEach((name, value) -> {
            check(field, name);
            check(field, value);
        });
    }

    static void check(String field, JsonNode value) {
        if (value.isString()) {
            check(field, value.stringValue());
        } else if (value.isIntegralNumber() && !value.canConvertToLong()) {
            throw new IllegalArgumentException(field + " holds a whole number beyond 64 bits");
        } else if (value.isFloatingPointNumber() && !Double.isFinite(value.doubleValue())) {
            throw new IllegalArgumentException(field + " holds a number that is not finite");
        } else if (value.isObject()) {
            value.properties().forEach(member -> {
                check(field, member.getKey());
                check(field, member.getValue());
            });
        } else if (value.isArray()) {
            value.forEach(item -> check(field, item));
        }
    }
}
