package bulwark.gateway.enforcement;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.refusal.GatewayRefusal;
import java.util.List;

/** Policies of one route in their order: the first that refuses decides. Thread-safe. */
final class PolicyChain implements RequestStage {
    private final List<BoundPolicy> policies;

    private PolicyChain(List<BoundPolicy> policies) {
        this.policies = List.copyOf(policies);
    }

    static RequestStage of(List<BoundPolicy> policies) {
        return policies.isEmpty() ? RequestStage.PASS : new PolicyChain(policies);
    }

    @Override
    public StageResult decide(GatewayCall call) {
        GatewayRefusal refusal = null;
        for (int i = 0; i < policies.size() && refusal == null; i++) {
            refusal = policies.get(i).carryOut(call);
        }
        return refusal == null ? StageResult.PASS : new StageResult.Refuse(refusal);
    }
}
