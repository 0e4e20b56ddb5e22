package bulwark.gateway.control.rest;

import bulwark.gateway.control.schema.BodySchema;
import bulwark.web.ApiRefusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The same done to several objects of one call, each a change of its own with its own audit row: one that is refused does not stop the others. Stateless. */
public final class BulkCall {
    private BulkCall() {}

    /** Carries one out. */
    @FunctionalInterface
    public interface BulkItem {
        /** @return what its result has beside the id; throws an {@link ApiRefusal} for an object that it cannot be done to */
        Map<String, Object> carryOut(String id);
    }

    /**
     * What the answer has.
     *
     * @param name of the schema, to which the item's adds {@code Item}
     * @param idField that names each object
     * @param more members of each result
     */
    public static BodySchema schema(String name, String idField, int max, BodySchema more) {
        BodySchema item = BodySchema.of(name + "Item")
                .text(idField, 200)
                .flag("ok")
                .and(name + "Item", more)
                .and(name + "Item", BodySchema.of("Refusal").text("error", 100).text("detail", 1_000));
        return BodySchema.of(name)
                .number("succeeded", 0, max)
                .number("failed", 0, max)
                .objects("results", max, item);
    }

    /** In the order of the ids. */
    public static Map<String, Object> run(String idField, List<String> ids, BulkItem item) {
        List<Map<String, Object>> results = new ArrayList<>();
        long succeeded = 0;
        for (String id : ids) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put(idField, id);
            try {
                Map<String, Object> members = item.carryOut(id);
                result.put("ok", true);
                result.putAll(members);
                succeeded++;
            } catch (ApiRefusal refused) {
                result.put("ok", false);
                result.put("error", refused.code());
                result.put("detail", refused.sentence());
            }
            results.add(result);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("succeeded", succeeded);
        answer.put("failed", results.size() - succeeded);
        answer.put("results", results);
        return answer;
    }
}
