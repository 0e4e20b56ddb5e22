package bulwark.facts;

import bulwark.web.FieldError;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The wire form of a wrong field: FastAPI's members, types and sentences. A code that is not the edge's own is a type already. Stateless. */
final class FieldErrorWire {
    private static final String NO_OBJECT = "Input should be a valid dictionary or object to extract fields from";

    private FieldErrorWire() {}

    static Map<String, @Nullable Object> of(FieldError error) {
        boolean body = error.location().getFirst().equals("body");
        String limit = String.valueOf(error.limit());
        return switch (error.code()) {
            case FieldError.REQUIRED -> with(error, "missing", "Field required");
            case FieldError.GIVEN_TWICE ->
                body
                        ? with(error, "duplicate_key", "The key is given twice")
                        : with(error, "repeated", "Parameter should be given once");
            case FieldError.NOT_JSON -> notJson(error);
            case FieldError.NOT_OBJECT -> with(error, "model_attributes_type", NO_OBJECT);
            case FieldError.NOT_LIST -> with(error, "list_type", "Input should be a valid list");
            case FieldError.NOT_TEXT -> with(error, "string_type", "Input should be a valid string");
            case FieldError.NOT_BOOLEAN ->
                unread(error, body, "bool", "Input should be a valid boolean", ", unable to interpret input");
            case FieldError.NOT_INTEGER ->
                unread(error, body, "int", "Input should be a valid integer", ", unable to parse string as an integer");
            case FieldError.NOT_NUMBER ->
                unread(error, body, "float", "Input should be a valid number", ", unable to parse string as a number");
            case FieldError.NOT_TIME ->
                with(
                        error,
                        "datetime_parsing",
                        "Input should be a valid datetime: ISO 8601, for instance 2026-01-31T12:00:00Z");
            case FieldError.FRACTION ->
                with(error, "int_from_float", "Input should be a valid integer, got a number with a fractional part");
            case FieldError.TEXT_TOO_SHORT ->
                with(error, "string_too_short", "String should have at least " + characters(limit), "min_length");
            case FieldError.TEXT_TOO_LONG ->
                with(error, "string_too_long", "String should have at most " + characters(limit), "max_length");
            case FieldError.TOO_SMALL ->
                with(error, "greater_than_equal", "Input should be greater than or equal to " + limit, "ge");
            case FieldError.TOO_LARGE ->
                with(error, "less_than_equal", "Input should be less than or equal to " + limit, "le");
            case FieldError.INVALID ->
                with(error, "value_error", "Value error, " + error.message(), Map.of("error", Map.of()));
            default -> with(error, error.code(), error.message());
        };
    }

    /** A query's text that cannot be read as what it should be, or a value of another type in a body. */
    private static Map<String, @Nullable Object> unread(
            FieldError error, boolean body, String type, String sentence, String why) {
        return body ? with(error, type + "_type", sentence) : with(error, type + "_parsing", sentence + why);
    }

    private static Map<String, @Nullable Object> notJson(FieldError error) {
        Map<String, @Nullable Object> wire =
                with(error, "json_invalid", "JSON decode error", Map.of("error", error.message()));
        wire.put("input", Map.of());
        return wire;
    }

    private static String characters(String limit) {
        return limit + (limit.equals("1") ? " character" : " characters");
    }

    private static Map<String, @Nullable Object> with(FieldError error, String type, String message, String limit) {
        return with(error, type, message, error.limit() == null ? Map.of() : Map.of(limit, error.limit()));
    }

    private static Map<String, @Nullable Object> with(FieldError error, String type, String message) {
        return with(error, type, message, Map.of());
    }

    private static Map<String, @Nullable Object> with(
            FieldError error, String type, String message, Map<String, Object> context) {
        Map<String, @Nullable Object> wire = new LinkedHashMap<>();
        wire.put("type", type);
        wire.put("loc", error.location());
        wire.put("msg", message);
        wire.put("input", error.input());
        if (!context.isEmpty()) {
            wire.put("ctx", context);
        }
        return wire;
    }
}
