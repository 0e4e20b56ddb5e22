package bulwark.gateway.proxy;

import bulwark.gateway.http1.HeadLimits;
import bulwark.gateway.http2.Http2Limits;
import java.time.Duration;

/**
 * What one call and one connection may take.
 *
 * @param heads of requests and of answers
 * @param http2 of a connection of HTTP/2
 * @param capacity of all connections together
 * @param bodyBytes of a request, beyond which it is answered 413
 * @param headTimeout from the first byte of a request, or from the opening of the connection, to the end of its head
 * @param idleTimeout of a connection between two requests, and of a body that does not move
 * @param connectTimeout of a connection to an upstream
 * @param firstByteTimeout from the whole request to the first byte of the answer
 * @param bodyTimeout of a request's body, and a second more for each KiB of it that a backend gets
 * @param upstreamIdleTimeout of a pooled connection to an upstream
 * @param idlePerOrigin how many of them are kept for each origin of upstreams and event loop
 * @param writeTimeout how long a client may take so little of an answer that nothing more can be written
 * @param lingerTimeout how long a connection is read after an early answer, so that the answer is not lost
 */
public record ProxyLimits(
        HeadLimits heads,
        Http2Limits http2,
        PlaneCapacity capacity,
        long bodyBytes,
        Duration headTimeout,
        Duration idleTimeout,
        Duration connectTimeout,
        Duration firstByteTimeout,
        Duration bodyTimeout,
        Duration upstreamIdleTimeout,
        int idlePerOrigin,
        Duration writeTimeout,
        Duration lingerTimeout) {
    public static final ProxyLimits STANDARD = new ProxyLimits(
            HeadLimits.STANDARD,
            Http2Limits.STANDARD,
            PlaneCapacity.STANDARD,
            10L << 20,
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofSeconds(90),
            256,
            Duration.ofSeconds(30),
            Duration.ofSeconds(2));

    /** These limits with another capacity, and another bound of each request's body. */
    public ProxyLimits with(PlaneCapacity other, long otherBodyBytes) {
        return new ProxyLimits(
                heads,
                http2,
                other,
                otherBodyBytes,
                headTimeout,
                idleTimeout,
                connectTimeout,
                firstByteTimeout,
                bodyTimeout,
                upstreamIdleTimeout,
                idlePerOrigin,
                writeTimeout,
                lingerTimeout);
    }
}
