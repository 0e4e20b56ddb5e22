package bulwark.gateway.endpoint;

/**
 * Answers requests of one path, or of every path below a prefix, instead of a backend. Runs on a virtual thread, so that it may block; the body is whole and bounded. Thread-safe.
 */
@FunctionalInterface
public interface GatewayEndpoint {
    /** An exception is answered 500. */
    EndpointResponse answer(EndpointRequest request);

    /** Of a request, beyond which it is answered 413; 0 when no body is read, whatever the request announces. */
    default int maxBodyBytes() {
        return EndpointTable.MAX_BODY_BYTES;
    }
}
