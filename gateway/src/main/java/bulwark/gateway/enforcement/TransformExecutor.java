package bulwark.gateway.enforcement;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.policy.TransformRule;
import java.util.List;

/** Header lines on the way to the backend and back. Of several policies that change one header the first in order does. Immutable. */
final class TransformExecutor implements PolicyExecutor {
    private final PolicyVerdict change;

    TransformExecutor(TransformRule rule) {
        change = new PolicyVerdict.Effect("change", call -> apply(rule, call));
    }

    @Override
    public PolicyVerdict decide(GatewayCall call) {
        return change;
    }

    private static void apply(TransformRule rule, GatewayCall call) {
        for (TransformRule.HeaderLine line : rule.request().set()) {
            if (isFree(call.backendFields(), line.name())) {
                call.addBackendField(line.name(), line.value());
            }
        }
        for (String name : rule.request().remove()) {
            if (isFree(call.backendFields(), name)) {
                call.addBackendField(name, "");
            }
        }
        rule.request().add().forEach(line -> call.joinBackendField(line.name(), line.value()));
        for (TransformRule.HeaderLine line : rule.response().set()) {
            if (isFree(call.answerFields(), line.name())) {
                call.addAnswerField(line.name(), line.value());
            }
        }
        for (String name : rule.response().remove()) {
            if (isFree(call.answerFields(), name)) {
                call.addAnswerField(name, "");
            }
        }
        rule.response().add().forEach(line -> call.joinAnswerField(line.name(), line.value()));
    }

    private static boolean isFree(List<String> fields, String name) {
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).equalsIgnoreCase(name)) {
                return false;
            }
        }
        return true;
    }
}
