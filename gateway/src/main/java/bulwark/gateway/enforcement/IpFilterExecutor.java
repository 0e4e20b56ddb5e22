package bulwark.gateway.enforcement;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.policy.IpFilterRule;
import bulwark.gateway.refusal.GatewayRefusal;
import java.net.InetAddress;
import java.util.List;

/** Judges the address of the socket's peer; no header says who that is. Immutable. */
final class IpFilterExecutor implements PolicyExecutor {
    private final IpFilterRule rule;
    private final PolicyVerdict refuse;

    IpFilterExecutor(String policy, IpFilterRule rule) {
        this.rule = rule;
        this.refuse = new PolicyVerdict.Refuse(
                new GatewayRefusal.PolicyDenied(policy, 403, "Calls from this address are not accepted here."),
                List.of());
    }

    @Override
    public PolicyVerdict decide(GatewayCall call) {
        InetAddress peer = call.peer().address().getAddress();
        return peer != null && rule.admits(peer) ? PolicyVerdict.PASS : refuse;
    }
}
