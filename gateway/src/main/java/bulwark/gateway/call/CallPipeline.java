package bulwark.gateway.call;

import bulwark.gateway.refusal.GatewayRefusal;
import java.util.List;

/**
 * What every call passes, in the order of the components. Identity stands first: nothing that keys on the caller can come before it.
 *
 * @param arrival sees every request before its route is looked up, and only leaves header lines for the answer
 * @param identity finds the principal, or refuses
 * @param quota reserves before the call is made
 * @param permission whether this principal may use this route
 * @param policies those of the route, after everything that keys on the caller
 * @param evidence refuses when the decision could not be recorded
 * @param ended hears of every call that a head was read of, refused ones included
 * @param hooks for what is no call, or outlasts its answer's head
 */
public record CallPipeline(
        RequestStage arrival,
        RequestStage identity,
        RequestStage quota,
        RequestStage permission,
        RequestStage policies,
        RequestStage evidence,
        List<CallEndListener> ended,
        ConnectionHooks hooks) {
    public CallPipeline {
        ended = List.copyOf(ended);
    }

    /** Where nothing can tell who calls, nobody may. */
    public static CallPipeline closed() {
        RequestStage nobody = call -> new StageResult.Refuse(
                new GatewayRefusal.Unauthenticated("no_validator", "Missing Authorization header", "Bearer"));
        return new CallPipeline(
                RequestStage.PASS,
                nobody,
                RequestStage.PASS,
                RequestStage.PASS,
                call -> call.policies().governed().decide(call),
                RequestStage.PASS,
                List.of(),
                ConnectionHooks.NONE);
    }

    public CallPipeline withArrival(RequestStage stage) {
        return new CallPipeline(stage, identity, quota, permission, policies, evidence, ended, hooks);
    }

    public CallPipeline withIdentity(RequestStage stage) {
        return new CallPipeline(arrival, stage, quota, permission, policies, evidence, ended, hooks);
    }

    public CallPipeline withQuota(RequestStage stage) {
        return new CallPipeline(arrival, identity, stage, permission, policies, evidence, ended, hooks);
    }

    public CallPipeline withPermission(RequestStage stage) {
        return new CallPipeline(arrival, identity, quota, stage, policies, evidence, ended, hooks);
    }

    public CallPipeline withPolicies(RequestStage stage) {
        return new CallPipeline(arrival, identity, quota, permission, stage, evidence, ended, hooks);
    }

    public CallPipeline withEvidence(RequestStage stage) {
        return new CallPipeline(arrival, identity, quota, permission, policies, stage, ended, hooks);
    }

    public CallPipeline withEndListeners(List<CallEndListener> listeners) {
        return new CallPipeline(arrival, identity, quota, permission, policies, evidence, listeners, hooks);
    }

    public CallPipeline withHooks(ConnectionHooks more) {
        return new CallPipeline(arrival, identity, quota, permission, policies, evidence, ended, more);
    }

    static final int STAGES = 5;
    static final int EVIDENCE = 4;

    /** @param index from 0; the arrival is none of them */
    RequestStage stage(int index) {
        return switch (index) {
            case 0 -> identity;
            case 1 -> quota;
            case 2 -> permission;
            case 3 -> policies;
            default -> evidence;
        };
    }
}
