package bulwark.gateway.endpoint;

import bulwark.gateway.call.CallPeer;
import bulwark.gateway.call.TraceContext;
import bulwark.gateway.http1.RawRequestHead;

/** @param body at most {@link EndpointTable#MAX_BODY_BYTES}; empty when there is none */
public record EndpointRequest(RawRequestHead head, CallPeer peer, TraceContext trace, byte[] body) {
    public String method() {
        return head.method();
    }

    /** As sent, not decoded; equal to the path or below the prefix that was registered. */
    public String path() {
        return head.path();
    }
}
