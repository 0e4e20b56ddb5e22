package bulwark.gateway.balance;

import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.ApiRoute.UpstreamHttp;
import bulwark.kernel.network.TargetHost;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One upstream of a route, with what was learnt of it. It survives a change of routes that leaves its URL as it is. Thread-safe. */
public final class UpstreamServer {
    /** That change the verdict. */
    private static final int CHECKS_IN_A_ROW = 2;

    private final String name;
    private final TargetUrl url;
    private final byte[] hostLine;
    private final byte[] pathPrefix;
    private final CircuitBreaker breaker;
    private final AtomicInteger active = new AtomicInteger();
    private final @Nullable String healthPath;
    private final UpstreamHttp http;
    private volatile boolean knownAsHttp2;
    private volatile boolean healthy = true;
    /** Checks in a row that say the contrary of {@link #healthy}; written by one check at a time. */
    private volatile int contrary;

    /**
     * Of a route.
     *
     * @param name as callers may see it, so that it holds no address
     * @param healthPath asked for regularly; null for no such checks
     */
    UpstreamServer(String name, TargetUrl url, @Nullable String healthPath, UpstreamHttp http, CircuitBreaker breaker) {
        this.http = http;
        this.name = name;
        this.url = url;
        this.healthPath = healthPath;
        this.breaker = breaker;
        this.hostLine = ("Host: " + authority(url) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        String path = url.path();
        this.pathPrefix =
                (path.endsWith("/") ? path.substring(0, path.length() - 1) : path).getBytes(StandardCharsets.US_ASCII);
    }

    private static String authority(TargetUrl url) {
        boolean standard = url.port() == (url.scheme().equals("https") ? 443 : 80);
        return standard ? url.host().text() : url.host().text() + ":" + url.port();
    }

    static TargetUrl parse(ApiRoute.Upstream upstream) {
        try {
            return TargetUrl.parse(upstream.url());
        } catch (TargetRefused e) {
            throw new IllegalArgumentException("the URL of an upstream was not checked: " + e.getMessage(), e);
        }
    }

    public String name() {
        return name;
    }

    public TargetUrl url() {
        return url;
    }

    public boolean isTls() {
        return url.scheme().equals("https");
    }

    /** As the route has it. */
    public UpstreamHttp http() {
        return http;
    }

    /** Whether it is spoken to in HTTP/2, as far as is known before a connection: many calls may share one then. */
    public boolean sharesConnections() {
        return http == UpstreamHttp.H2 || knownAsHttp2;
    }

    /** What the last connection negotiated. */
    public void negotiated(boolean http2) {
        if (knownAsHttp2 != http2) {
            knownAsHttp2 = http2;
        }
    }

    /** Whether its host needs no look-up. */
    public boolean isAddress() {
        return url.host() instanceof TargetHost.Address;
    }

    /** {@code Host: …} with its line end. */
    public byte[] hostLine() {
        return hostLine;
    }

    /** What stands before the rest of a call's path: empty, or with a slash at its beginning and none at its end. */
    public byte[] pathPrefix() {
        return pathPrefix;
    }

    public CircuitBreaker breaker() {
        return breaker;
    }

    /** As active checks see it. */
    public boolean isHealthy() {
        return healthy;
    }

    @Nullable
    String healthPath() {
        return healthPath;
    }

    /** One more check; those of one upstream follow each other. */
    void checked(boolean passed) {
        int row = passed == healthy ? 0 : contrary + 1;
        contrary = row;
        if (row >= CHECKS_IN_A_ROW) {
            contrary = 0;
            healthy = passed;
        }
    }

    /** Calls under way. */
    public int active() {
        return active.get();
    }

    public void began() {
        active.incrementAndGet();
    }

    public void ended() {
        active.decrementAndGet();
    }

    /** Whether a call may go here now. */
    boolean isAvailable(@Nullable UpstreamServer except) {
        return this != except && healthy && breaker.isPassable();
    }
}
