package bulwark.gateway.control.subscription;

import bulwark.gateway.control.rest.BulkCall;
import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.permission.RoleTable;
import bulwark.web.ApiRefusal;
import java.util.Map;

/** The same transition of several subscriptions, each a change of its own with its own audit row: one that is refused does not stop the others. */
record BulkAction(ControlStore store, ControlCall call) {
    Map<String, Object> run() {
        SubscriptionTransition transition = SubscriptionTransition.ofVerb(call.text("action"));
        RoleTable.refusal(call.caller(), transition.permission(), call.scope().tenant())
                .ifPresent(sentence -> {
                    throw new ApiRefusal(ApiRefusal.Kind.FORBIDDEN, "forbidden", sentence);
                });
        return BulkCall.run(
                "subscription_id",
                call.texts("subscription_ids"),
                id -> Map.of("status", transition.carryOut(store, call, id, "").state()));
    }
}
