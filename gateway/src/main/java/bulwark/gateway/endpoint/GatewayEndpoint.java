package bulwark.gateway.endpoint;

/**
 * Answers requests of one path, or of every path below a prefix, instead of a backend. Runs on a virtual thread, so that it may block; the body is whole and bounded. Thread-safe.
 */
@FunctionalInterface
public interface GatewayEndpoint {
    /** An exception is answered 500. */
    EndpointResponse answer(EndpointRequest request);
}
