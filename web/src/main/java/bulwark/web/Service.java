package bulwark.web;

import bulwark.kernel.access.Principal;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.quota.Quotas;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a part hands to the edge. The pipeline on every listener: limits → identity → quota → permission → handler → evidence. Immutable; made by
 * {@link #open} or {@link #builder}.
 */
public final class Service {
    private final String name;
    private final List<Route> routes;
    private final AuthenticatorChain authenticators;
    private final @Nullable Principal anonymous;
    private final Quotas quotas;
    private final Errors errors;
    private final Refusals refusals;
    private final ClientCertificate clientCertificate;
    private final Predicate<String> tlsOnly;
    private final Set<String> hosts;
    private final Set<String> origins;
    private final PathPrefixes pathPrefixes;
    private final boolean refusesForeignOrigins;
    private final HeaderPolicy headers;
    private final Metrics metrics;
    private final Limits limits;
    private final Quotas.@Nullable Limit sourceLimit;
    private final Quotas.@Nullable Limit failureLimit;

    private Service(Builder made) {
        name = made.name;
        routes = made.routes;
        authenticators = new AuthenticatorChain(made.authenticators);
        anonymous = made.anonymous;
        quotas = made.quotas;
        errors = made.errors;
        refusals = made.refusals;
        clientCertificate = made.clientCertificate;
        tlsOnly = made.tlsOnly;
        hosts = made.hosts;
        origins = made.origins;
        pathPrefixes = made.pathPrefixes;
        refusesForeignOrigins = made.refusesForeignOrigins;
        headers = made.headers;
        metrics = made.metrics;
        limits = made.limits;
        sourceLimit = made.sourceLimit;
        failureLimit = made.failureLimit;
        routes.stream().filter(Route::network).forEach(this::check);
    }

    private void check(Route route) {
        boolean open = route.access() instanceof Route.Access.Open;
        if (!open && anonymous == null && authenticators.authenticators().isEmpty()) {
            throw new IllegalArgumentException(
                    "a route that asks who calls needs an authenticator to tell: " + route.path());
        }
        if (!authenticators.serves(route)) {
            throw new IllegalArgumentException("no authenticator is of a kind that " + route.path() + " names: "
                    + route.access().kinds());
        }
    }

    /**
     * A service that asks nobody who calls: all its routes are open, errors are {@code {"error": code}}, loopback names are its only hosts.
     *
     * @param name prefix of the metric names
     * @throws IllegalArgumentException when a route is not open
     */
    public static Service open(String name, List<Route> routes, Metrics metrics) {
        return builder(name, routes, metrics).build();
    }

    /** What is not set is as in {@link #open}. */
    public static Builder builder(String name, List<Route> routes, Metrics metrics) {
        return new Builder(name, routes, metrics);
    }

    /** What the edge counts and measures for the service of this name. */
    public static List<MetricDescription> metrics(String name) {
        return EdgeMetrics.descriptions(name);
    }

    String name() {
        return name;
    }

    List<Route> routes() {
        return routes;
    }

    AuthenticatorChain authenticators() {
        return authenticators;
    }

    @Nullable
    Principal anonymous() {
        return anonymous;
    }

    Quotas quotas() {
        return quotas;
    }

    Errors errors() {
        return errors;
    }

    Refusals refusals() {
        return refusals;
    }

    ClientCertificate clientCertificate() {
        return clientCertificate;
    }

    Predicate<String> tlsOnly() {
        return tlsOnly;
    }

    Set<String> hosts() {
        return hosts;
    }

    Set<String> origins() {
        return origins;
    }

    PathPrefixes pathPrefixes() {
        return pathPrefixes;
    }

    boolean refusesForeignOrigins() {
        return refusesForeignOrigins;
    }

    HeaderPolicy headers() {
        return headers;
    }

    Metrics metrics() {
        return metrics;
    }

    Limits limits() {
        return limits;
    }

    Quotas.@Nullable Limit failureLimit() {
        return failureLimit;
    }

    Quotas.@Nullable Limit sourceLimit() {
        return sourceLimit;
    }

    /** Not thread-safe. */
    public static final class Builder {
        private final String name;
        private final List<Route> routes;
        private final Metrics metrics;
        private List<Authenticator> authenticators = List.of();
        private @Nullable Principal anonymous;
        private Quotas quotas = Quotas.of(Map.of(), Clock.systemUTC());
        private Errors errors = new PlainErrors();
        private Refusals refusals = (principal, method, path, remote, refusal) -> {};
        private ClientCertificate clientCertificate = ClientCertificate.REQUIRED;
        private Predicate<String> tlsOnly = path -> false;
        private Set<String> hosts = Set.of();
        private Set<String> origins = Set.of();
        private PathPrefixes pathPrefixes = PathPrefixes.NONE;
        private boolean refusesForeignOrigins;
        private HeaderPolicy headers = HeaderPolicy.standard();
        private Limits limits = Limits.defaults();
        private Quotas.@Nullable Limit sourceLimit;
        private Quotas.@Nullable Limit failureLimit;

        private Builder(String name, List<Route> routes, Metrics metrics) {
            this.name = name;
            this.routes = List.copyOf(routes);
            this.metrics = metrics;
        }

        /** The ways in which callers may identify themselves; of several credentials in one request the earlier kind decides. */
        public Builder authenticators(Authenticator... inOrder) {
            authenticators = List.of(inOrder);
            return this;
        }

        /** Who callers without credentials are where authentication is off; not on routes that name kinds of authenticators. */
        public Builder anonymous(Principal trusted) {
            anonymous = trusted;
            return this;
        }

        public Builder quotas(Quotas charged) {
            quotas = charged;
            return this;
        }

        /** The part's one mapping to the wire. */
        public Builder errors(Errors mapping) {
            errors = mapping;
            return this;
        }

        /** Notified of every refusal, for evidence and metrics. */
        public Builder refusals(Refusals listener) {
            refusals = listener;
            return this;
        }

        /** Of peers on listeners with TLS; {@link ClientCertificate#REQUIRED} unless it is set. */
        public Builder clientCertificate(ClientCertificate wanted) {
            clientCertificate = wanted;
            return this;
        }

        /** Paths that peers without a client certificate, and so all on plaintext listeners, get {@link EdgeRefusal.TlsRequired} for. */
        public Builder tlsOnly(Predicate<String> paths) {
            tlsOnly = paths;
            return this;
        }

        /** Allowed Host values, without a port, on plaintext listeners; loopback names are always allowed. */
        public Builder hosts(Set<String> allowed) {
            hosts = Set.copyOf(allowed);
            return this;
        }

        /**
         * Origins, such as {@code https://app.example}, whose pages may change something with what a browser sends by itself, beside the one that the
         * request itself names: the public one where a proxy ends TLS.
         */
        public Builder origins(Set<String> allowed) {
            origins = Set.copyOf(allowed);
            return this;
        }

        /**
         * What every address may present of credentials that are none, or of requests without one: beyond it {@link EdgeRefusal.QuotaExceeded} of the dimension {@link
         * Route#BY_FAILURE}. Who presents a good credential is never refused by it. For a service with credentials that cannot be guessed and cost nothing to compare.
         */
        public Builder failureLimit(Quotas.Limit limit) {
            failureLimit = limit;
            return this;
        }

        /** Beginnings such as {@code /api/main} that are taken off a path before routing; odd spellings of paths are then refused. */
        public Builder pathPrefixes(List<String> taken) {
            pathPrefixes = new PathPrefixes(taken);
            return this;
        }

        /** What may change something is refused for pages of other origins than {@link #origins} on every route, also where nobody is asked who calls. */
        public Builder refuseForeignOrigins() {
            refusesForeignOrigins = true;
            return this;
        }

        /** The headers of every answer, in place of {@link HeaderPolicy#standard}. */
        public Builder headers(HeaderPolicy policy) {
            headers = policy;
            return this;
        }

        /**
         * What every address may ask of the routes that ask who calls, before anybody is identified: for a service with few callers and one credential. Beyond it
         * {@link EdgeRefusal.QuotaExceeded} of the dimension {@link Route#BY_SOURCE}.
         */
        public Builder sourceLimit(Quotas.Limit limit) {
            sourceLimit = limit;
            return this;
        }

        public Builder limits(Limits of) {
            limits = of;
            return this;
        }

        /** @throws IllegalArgumentException when a route asks who calls and nothing can tell, and when two authenticators are of one kind */
        public Service build() {
            return new Service(this);
        }
    }

    /** What a listener with TLS asks of its peers. */
    public enum ClientCertificate {
        /** Nobody gets through the handshake without a trusted one. */
        REQUIRED,
        /** A peer may send one; one that is not trusted ends the handshake. */
        OPTIONAL,
        /** It is not asked for; {@link bulwark.kernel.tls.TlsFiles#ofServer} will do. */
        NONE
    }

    /** The part's wire form of every refusal. */
    public interface Errors {
        Response render(EdgeRefusal refusal);

        /** As {@link #render(EdgeRefusal)}, for a form that names the request. @param requestId as the answer's header has it */
        default Response render(EdgeRefusal refusal, String requestId) {
            return render(refusal);
        }

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
