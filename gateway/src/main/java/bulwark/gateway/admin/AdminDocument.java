package bulwark.gateway.admin;

import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import bulwark.web.Request;
import java.util.List;

/** The JSON object that a call of the admin API brings. */
final class AdminDocument {
    private AdminDocument() {}

    /** @param faults is added to */
    static JsonFields fields(Request request, List<String> faults) {
        try {
            return JsonFields.of(StrictJson.parse(request.body()), "", faults);
        } catch (StrictJson.DuplicateKey e) {
            throw AdminRefused.invalid(List.of("the document names a field twice; keep one"));
        } catch (StrictJson.JsonRefused e) {
            throw AdminRefused.invalid(List.of(String.valueOf(e.getMessage())));
        }
    }

    /** @throws AdminRefused with every fault, a field that nobody asked for among them */
    static void end(JsonFields fields, List<String> faults) {
        fields.end();
        if (!faults.isEmpty()) {
            throw AdminRefused.invalid(faults);
        }
    }
}
