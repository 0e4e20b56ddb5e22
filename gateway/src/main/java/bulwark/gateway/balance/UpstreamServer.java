package bulwark.gateway.balance;

import bulwark.gateway.route.ApiRoute;
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
    private final UpstreamOrigin origin;
    private final TargetUrl url;
    private final byte[] hostLine;
    private final byte[] pathPrefix;
    private final CircuitBreaker breaker;
    private final AtomicInteger active = new AtomicInteger();
    private final @Nullable String healthPath;
    private volatile boolean healthy = true;
    /** Checks in a row that say the contrary of {@link #healthy}; written by one check at a time. */
    private volatile int contrary;

    /**
     * Of a route.
     *
     * @param name as callers may see it, so that it holds no address
     * @param origin of the URL
     * @param healthPath asked for regularly; null for no such checks
     */
    UpstreamServer(
            String name, UpstreamOrigin origin, TargetUrl url, @Nullable String healthPath, CircuitBreaker breaker) {
        this.origin = origin;
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
        return origin.isTls();
    }

    /** Where its connections lead. */
    public UpstreamOrigin origin() {
        return origin;
    }

    /** Host and port as its URL has them. */
    String authority() {
        return authority(url);
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
