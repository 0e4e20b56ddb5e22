package bulwark.gateway.call;

import bulwark.gateway.refusal.GatewayRefusal;

/** A request that was refused since its head could not be read: malformed, too large, too slow. */
public record UnreadHead(CallPeer peer, TraceContext trace, GatewayRefusal refusal) {}
