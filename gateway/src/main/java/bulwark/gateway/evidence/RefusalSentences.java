package bulwark.gateway.evidence;

import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.refusal.GatewayWireErrors;

/** Why a call was refused, for its record: what the caller read, or more where the caller is not told all. */
final class RefusalSentences {
    private RefusalSentences() {}

    static String of(GatewayRefusal refusal) {
        return switch (refusal) {
            case GatewayRefusal.BackendBlocked blocked -> blocked.reason() + ": " + blocked.sentence();
            case GatewayRefusal.BadGateway bad -> bad.sentence();
            case GatewayRefusal.QuotaExceeded quota -> quota.sentence();
            case GatewayRefusal.Unauthenticated unknown -> unknown.sentence();
            case GatewayRefusal.Forbidden forbidden -> forbidden.sentence();
            case GatewayRefusal.PolicyDenied policy -> policy.policy() + ": " + policy.sentence();
            case GatewayRefusal.Unavailable unavailable -> unavailable.sentence();
            default -> GatewayWireErrors.of(refusal).body();
        };
    }
}
