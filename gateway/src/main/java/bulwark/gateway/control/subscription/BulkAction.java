package bulwark.gateway.control.subscription;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.permission.RoleTable;
import bulwark.web.ApiRefusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The same transition of several subscriptions, each a change of its own with its own audit row: one that is refused does not stop the others. */
record BulkAction(ControlStore store, ControlCall call) {
    Map<String, Object> run() {
        SubscriptionTransition transition = SubscriptionTransition.ofVerb(call.text("action"));
        RoleTable.refusal(call.caller(), transition.permission(), call.scope().tenant())
                .ifPresent(sentence -> {
                    throw new ApiRefusal(ApiRefusal.Kind.FORBIDDEN, "forbidden", sentence);
                });
        List<Map<String, Object>> results = new ArrayList<>();
        long succeeded = 0;
        for (String id : call.texts("subscription_ids")) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("subscription_id", id);
            try {
                ControlObject changed = transition.carryOut(store, call, id, "");
                result.put("ok", true);
                result.put("status", changed.state());
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
