package bulwark.web;

import bulwark.kernel.json.StrictJson;
import java.util.List;

/** A request of which fields are wrong, each named: {@link RequestBody} and {@link QueryParameters} collect them. Immutable. */
public final class FieldsRefused extends ApiRefusal {
    private final transient List<FieldError> errors;

    public FieldsRefused(List<FieldError> errors) {
        super(Kind.INVALID, "invalid_request", errors.toString());
        this.errors = List.copyOf(errors);
    }

    public static FieldsRefused notJson(StrictJson.JsonRefused refused) {
        FieldError error = refused instanceof StrictJson.DuplicateKey duplicate
                ? new FieldError(
                        List.of("body", duplicate.key()), FieldError.GIVEN_TWICE, "must be given once", null, null)
                : new FieldError(
                        List.of("body", Math.max(0, refused.offset())),
                        FieldError.NOT_JSON,
                        String.valueOf(refused.getMessage()),
                        null,
                        null);
        return new FieldsRefused(List.of(error));
    }

    /** At least one, in the order in which they were found. */
    public List<FieldError> errors() {
        return errors;
    }
}
