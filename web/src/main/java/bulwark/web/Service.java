package bulwark.web;

import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.Principal;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.quota.Quotas;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a part hands to the edge. The pipeline on every listener: limits → identity → quota → permission → handler → evidence.
 *
 * @param name prefix of the metric names, for instance {@code stigmem}
 * @param keys null when every route on the network is open, or when nobody is asked who calls
 * @param anonymous the trusted identity when authentication is off, else null
 * @param errors the part's one mapping to the wire
 * @param refusals notified of every refusal, for evidence and metrics
 * @param tlsOnly paths that a plaintext listener answers with {@link EdgeRefusal.TlsRequired}
 * @param hosts allowed Host values (without port) on plaintext listeners; loopback names are always allowed
 */
public record Service(
        String name,
        List<Route> routes,
        @Nullable ApiKeys keys,
        @Nullable Principal anonymous,
        Quotas quotas,
        Errors errors,
        Refusals refusals,
        Predicate<String> tlsOnly,
        Set<String> hosts,
        Metrics metrics,
        Limits limits) {

    public Service {
        if (keys == null
                && anonymous == null
                && routes.stream()
                        .anyMatch(route -> route.network() && !(route.access() instanceof Route.Access.Open))) {
            throw new IllegalArgumentException("a route that asks who calls needs API keys to tell");
        }
    }

    /** What the edge counts and measures for the service of this name. */
    public static List<MetricDescription> metrics(String name) {
        return EdgeMetrics.descriptions(name);
    }

    /** The part's wire form of every refusal. */
    public interface Errors {
        Response render(EdgeRefusal refusal);

        /**
         * A handler threw: the part's own refusals by their meaning, everything else as 500 without inner detail. The edge logs
         * what was rendered as 5xx, with the request id.
         */
        Response render(Throwable thrown, String requestId);
    }

    /**
     * Evidence of refusals. With a principal it is called on a virtual thread, and the answer waits for it, so it may write to
     * the store. Without one (identity not known) it is called on the event loop: never blocking: counters, and rows that are
     * limited and written later.
     */
    public interface Refusals {
        void refused(@Nullable Principal principal, String method, String path, String remote, EdgeRefusal refusal);
    }

    /**
     * @param maxBody bytes; times in seconds
     * @param openPerSecond requests a second on open routes from one address, four seconds' worth at once; 0 = unlimited
     * @param querySeconds how long one query of the store may run for a request
     */
    public record Limits(
            int maxBody,
            int maxHeaderBytes,
            int maxUri,
            int headerSeconds,
            int bodySeconds,
            int keepAliveSeconds,
            int maxConnections,
            int openPerSecond,
            int querySeconds) {
        public static Limits defaults() {
            return new Limits(1 << 20, 16 * 1024, 8 * 1024, 8, 30, 75, 10_000, 500, 10);
        }

        public Limits withOpenPerSecond(int requests) {
            return new Limits(
                    maxBody,
                    maxHeaderBytes,
                    maxUri,
                    headerSeconds,
                    bodySeconds,
                    keepAliveSeconds,
                    maxConnections,
                    requests,
                    querySeconds);
        }
    }
}
