package bulwark.facts.fact;

import bulwark.kernel.json.PythonFloat;
import bulwark.kernel.time.Timestamps;
import bulwark.web.RequestBody;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A typed value in its stored text form: integers keep their digits, other numbers are laid out as Python's
 * {@code repr(float)}.
 *
 * @param type string, text, number, boolean, datetime, ref or null
 * @param stored text form, also part of the content id
 * @param interpretAs {@code content} or {@code instruction}
 * @param bare the caller gave a scalar and the type was chosen here
 */
record FactValue(String type, String stored, String interpretAs, boolean bare) {
    static final int MAX_BYTES = 64 * 1024;
    static final String CONTENT = "content";
    static final String INSTRUCTION = "instruction";

    private static final Set<String> TEXTUAL = Set.of("string", "text", "datetime", "ref");
    private static final String TYPES =
            "Input should be 'string', 'text', 'number', 'boolean', 'datetime', 'ref' or 'null'";

    /** Reads a typed or bare value; faults go to the body and a placeholder is returned. */
    static FactValue read(RequestBody body, String field) {
        if (body.holdsNull(field)) {
            return new FactValue("null", "null", CONTENT, true);
        }
        Optional<JsonNode> raw = body.raw(field);
        if (raw.isPresent() && raw.get().isValueNode()) {
            String type = typeOf(raw.get());
            return new FactValue(type, text(type, body, field), CONTENT, true);
        }
        return body.object(field).map(FactValue::typed).orElse(new FactValue("null", "null", CONTENT, false));
    }

    /** Reads the members type, v and interpret_as. */
    static FactValue typed(RequestBody value) {
        String type = value.text("type");
        String interpretAs = value.optionalText("interpret_as").orElse(CONTENT);
        if (!interpretAs.equals(CONTENT) && !interpretAs.equals(INSTRUCTION)) {
            value.error("literal_error", "interpret_as", "Input should be 'content' or 'instruction'");
        }
        return new FactValue(type, text(type, value, "v"), interpretAs, false);
    }

    /** What goes on the wire as {@code v}: String, Boolean, BigInteger, Double or null. */
    static @Nullable Object wire(String type, String stored) {
        return switch (type) {
            case "null" -> null;
            case "boolean" -> stored.equals("true");
            case "number" -> number(stored);
            default -> stored;
        };
    }

    private static Object number(String stored) {
        boolean whole = stored.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
        return whole ? new BigInteger(stored) : Double.valueOf(stored);
    }

    private static String typeOf(JsonNode scalar) {
        return scalar.isString() ? "string" : scalar.isNumber() ? "number" : "boolean";
    }

    private static String text(String type, RequestBody from, String field) {
        if (TEXTUAL.contains(type)) {
            String text = from.text(field, 0, MAX_BYTES);
            if (text.length() > MAX_BYTES / 3 && text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
                from.error("string_too_long", field, "Value should have at most " + MAX_BYTES + " bytes");
            }
            if (type.equals("datetime") && Timestamps.parse(text).isEmpty()) {
                from.error("datetime_parsing", field, "Input should be a valid datetime: ISO 8601");
            }
            if (type.equals("ref") && text.isBlank()) {
                from.error("string_too_short", field, "Input should name an entity");
            }
            return text;
        }
        return switch (type) {
            case "number" -> number(from, field);
            case "boolean" -> bool(from, field);
            case "null" -> nothing(from, field);
            default -> {
                from.error("literal_error", "type", TYPES);
                yield "";
            }
        };
    }

    private static String number(RequestBody from, String field) {
        Optional<JsonNode> node = from.raw(field);
        if (node.isEmpty() || !node.get().isNumber()) {
            from.error("float_type", field, "Input should be a valid number");
            return "0";
        }
        if (node.get().isIntegralNumber()) {
            String digits = node.get().bigIntegerValue().toString();
            if (digits.length() > 4300) {
                from.error("int_parsing_size", field, "Number should have at most 4300 digits");
            }
            return digits;
        }
        double value = node.get().doubleValue(); // through a decimal, a negative zero would lose its sign
        if (!Double.isFinite(value)) {
            from.error("finite_number", field, "Input should be a finite number");
            return "0";
        }
        return PythonFloat.repr(value);
    }

    private static String bool(RequestBody from, String field) {
        Optional<JsonNode> node = from.raw(field);
        if (node.isEmpty() || !node.get().isBoolean()) {
            from.error("bool_type", field, "Input should be a valid boolean");
            return "false";
        }
        return node.get().booleanValue() ? "true" : "false";
    }

    private static String nothing(RequestBody from, String field) {
        if (from.raw(field).isPresent()) {
            from.error("none_required", field, "Input should be None");
        }
        return "null";
    }
}
