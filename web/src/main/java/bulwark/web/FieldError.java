package bulwark.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with one field of a request.
 *
 * @param location from {@code body} or {@code query} to the field: names, and indexes of lists
 * @param code one of the constants here, or a word of the part's own
 * @param message what the field must be
 * @param input the value, JSON-writable; null when it is absent, large or secret
 * @param limit the bound that was passed, a {@code Long} or a {@code Double}; null where the code has none
 */
public record FieldError(
        List<Object> location,
        String code,
        String message,
        @Nullable Object input,
        @Nullable Number limit) {

    public static final String REQUIRED = "required";
    /** A field that is none of the request's. */
    public static final String UNKNOWN = "unknown";

    public static final String GIVEN_TWICE = "given_twice";
    public static final String NOT_JSON = "not_json";
    public static final String NOT_OBJECT = "not_object";
    public static final String NOT_LIST = "not_list";
    public static final String NOT_TEXT = "not_text";
    public static final String NOT_BOOLEAN = "not_boolean";
    public static final String NOT_INTEGER = "not_integer";
    public static final String NOT_NUMBER = "not_number";
    public static final String NOT_TIME = "not_time";
    /** A fraction where whole numbers are expected. */
    public static final String FRACTION = "fraction";

    /** In code points. */
    public static final String TEXT_TOO_SHORT = "text_too_short";

    public static final String TEXT_TOO_LONG = "text_too_long";
    public static final String TOO_SMALL = "too_small";
    public static final String TOO_LARGE = "too_large";
    /** Of the right type, and refused for another reason, which the message says. */
    public static final String INVALID = "invalid";

    public FieldError {
        location = List.copyOf(location);
    }

    /** @param sentence why the value, which has the right type, is refused */
    public static FieldError invalid(List<Object> location, String sentence, @Nullable Object input) {
        return new FieldError(location, INVALID, sentence, input, null);
    }
}
