package bulwark.gateway.route;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One API behind the gateway. Made by {@link RouteJson}, which has checked every field. Immutable.
 *
 * @param id {@code A-Za-z0-9._-}, at most 200 characters
 * @param tenantId of the same characters
 * @param pathPrefix decoded, begins with a slash and does not end with one; {@code /} for every path
 * @param backendUrl without a slash at its end; one upstream of weight 1 where the route names no {@code upstreams}
 * @param methods empty for all
 * @param upstreamTls with {@code https} upstreams
 * @param upstreams in place of the backend URL
 * @param allowEncodedSlash takes paths that hold {@code %2F}, which stays as it is
 * @param callers whether the gateway asks who calls
 * @param forwardAuthorization the caller's own {@code Authorization} and {@code X-API-Key} reach the backend
 */
public record ApiRoute(
        String id,
        String name,
        String tenantId,
        String pathPrefix,
        String backendUrl,
        Set<String> methods,
        String specHash,
        boolean activated,
        @Nullable String classification,
        @Nullable String contractKey,
        UpstreamHttp upstreamHttpVersion,
        RouteTls upstreamTls,
        List<Upstream> upstreams,
        Balancing loadBalancer,
        boolean allowEncodedSlash,
        EvidenceMode evidence,
        Callers callers,
        boolean forwardAuthorization,
        Timeouts timeouts) {
    public ApiRoute {
        methods = Set.copyOf(methods);
        upstreams = List.copyOf(upstreams);
    }

    /** How the gateway speaks to the upstreams: what TLS negotiates, or one version. */
    public enum UpstreamHttp {
        AUTO,
        H1,
        H2
    }

    /** How the next upstream is chosen. */
    public enum Balancing {
        ROUND_ROBIN,
        WEIGHTED,
        LEAST_CONN,
        RANDOM
    }

    /** What becomes of a call that cannot be recorded. */
    public enum EvidenceMode {
        /** It is answered 503. */
        REQUIRED,
        /** It goes on without a record. */
        BEST_EFFORT
    }

    /** Who may call. */
    public enum Callers {
        /** Callers whom the gateway knows, of the route's tenant and with the scope of the method. */
        KNOWN,
        /** Anybody: the backend tells its callers apart. The gateway looks at no credential, and counts quotas for each address. */
        ANYBODY
    }

    /**
     * @param url without a slash at its end
     * @param weight 1 to 1000
     * @param healthCheckPath asked for regularly; null for no such checks
     */
    public record Upstream(String url, int weight, @Nullable String healthCheckPath) {}

    /**
     * @param firstByte from the request's last byte to the answer's first
     * @param idle between two bytes of a body, and of a WebSocket that is silent in both directions; zero for no limit
     * @param total from the request's first byte to the answer's last; zero for no limit
     */
    public record Timeouts(Duration connect, Duration firstByte, Duration idle, Duration total) {
        public static final Timeouts DEFAULT =
                new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ZERO);
    }

    /** Where calls go: at least one. */
    public List<Upstream> targets() {
        return upstreams.isEmpty() ? List.of(new Upstream(backendUrl, 1, null)) : upstreams;
    }

    /** Whether both would take some request, were both activated. */
    boolean overlaps(ApiRoute other) {
        return pathPrefix.equals(other.pathPrefix)
                && (methods.isEmpty()
                        || other.methods.isEmpty()
                        || methods.stream().anyMatch(other.methods::contains));
    }

    boolean takes(String method) {
        return methods.isEmpty() || methods.contains(method);
    }

    /** The contract that the route carries out, if it names one. */
    public Optional<String> contract() {
        return Optional.ofNullable(contractKey);
    }
}
