package bulwark.gateway.enforcement;

import bulwark.gateway.call.GatewayCall;

/** Decides for one policy. What it counts it keeps as long as the policy stays the same. Thread-safe; on event loops, which it never blocks. */
@FunctionalInterface
interface PolicyExecutor {
    PolicyVerdict decide(GatewayCall call);
}
