package bulwark.gateway.proxy;

import bulwark.gateway.balance.BreakerSettings;
import bulwark.gateway.balance.RetryBudget;
import bulwark.gateway.balance.UpstreamDirectory;
import bulwark.gateway.balance.UpstreamTls;
import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.endpoint.EndpointResponse;
import bulwark.gateway.endpoint.EndpointTable;
import bulwark.gateway.endpoint.HealthEndpoints;
import bulwark.gateway.http1.HeadLimits;
import bulwark.gateway.http2.Http2Limits;
import bulwark.gateway.proxy.WireClient.Answer;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.ApiRoute.Balancing;
import bulwark.gateway.route.ApiRoute.EvidenceMode;
import bulwark.gateway.route.ApiRoute.Timeouts;
import bulwark.gateway.route.ApiRoute.Upstream;
import bulwark.gateway.route.ApiRoute.UpstreamHttp;
import bulwark.gateway.route.CurrentRoutes;
import bulwark.gateway.route.RouteTls;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.network.SystemResolver;
import bulwark.kernel.time.SettableClock;
import java.net.InetAddress;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A data plane on a free port of loopback, with short timeouts and a clock that the test turns. */
final class TestPlane implements AutoCloseable {
    static final ProxyLimits LIMITS = new ProxyLimits(
            HeadLimits.STANDARD,
            Http2Limits.STANDARD,
            PlaneCapacity.STANDARD,
            10L << 20,
            Duration.ofMillis(400),
            Duration.ofMillis(800),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(90),
            256,
            Duration.ofSeconds(3),
            Duration.ofMillis(300));
    static final Timeouts TIMEOUTS =
            new Timeouts(Duration.ofSeconds(2), Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ZERO);

    final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    final AtomicReference<@Nullable String> unready = new AtomicReference<>();
    final Metrics metrics = new Metrics(CallMetrics.DESCRIPTIONS);
    final UpstreamDirectory upstreams;
    final ForwardingContext forwarding;
    final DataPlane plane;
    final int port;
    private long generation;

    TestPlane() {
        this(open(), List.of("127.0.0.0/8"));
    }

    /** @param allowed ranges that backends may lie in */
    TestPlane(CallPipeline pipeline, List<String> allowed) {
        this(pipeline, allowed, systemTrust());
    }

    private long nanos() {
        return clock.millis() * 1_000_000;
    }

    /** One name has no address, whatever a network says of it. */
    private static List<InetAddress> resolve(String name) {
        return name.equals("nowhere.example.com") ? List.of() : new SystemResolver().resolve(name);
    }

    private static SSLContext systemTrust() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** @param upstreamTls trusts the upstreams */
    TestPlane(CallPipeline pipeline, List<String> allowed, SSLContext upstreamTls) {
        this(pipeline, allowed, UpstreamTls.of(upstreamTls), LIMITS);
    }

    /** Anybody may call anything, within these bounds. */
    TestPlane(PlaneCapacity capacity) {
        this(open(), List.of("127.0.0.0/8"), UpstreamTls.of(systemTrust()), LIMITS.with(capacity, LIMITS.bodyBytes()));
    }

    private TestPlane(CallPipeline pipeline, List<String> allowed, UpstreamTls upstreamTls, ProxyLimits limits) {
        upstreams = new UpstreamDirectory(BreakerSettings.STANDARD, this::nanos, upstreamTls);
        AddressPolicy policy = new AddressPolicy(
                allowed.stream().map(IpPrefix::parse).toList(),
                allowed.isEmpty() ? Set.of() : Set.of("localhost"),
                Set.of(),
                "CIDRS",
                "HOSTS",
                "PORTS");
        forwarding = new ForwardingContext(
                new CurrentRoutes<>(), upstreams, new RetryBudget(20), new AddressGuard(TestPlane::resolve, policy));
        EndpointTable endpoints = HealthEndpoints.in(EndpointTable.empty(), metrics, unready::get)
                .withPrefix(
                        "/echo/",
                        request -> new EndpointResponse(200, "application/octet-stream", request.body(), List.of()));
        plane = DataPlane.create(
                1,
                limits,
                pipeline,
                endpoints,
                forwarding,
                new CallMetrics(metrics),
                new PlaneTime(clock, this::nanos),
                RandomGenerator.of("L64X128MixRandom"));
        port = plane.listenPlain("127.0.0.1", 0);
    }

    /** Anybody may call anything. */
    static CallPipeline open() {
        return CallPipeline.closed().withIdentity(RequestStage.PASS);
    }

    void routes(ApiRoute... routes) {
        forwarding.publish(++generation, Arrays.asList(routes));
    }

    /** Every path to one backend. */
    TestPlane to(ScriptedUpstream upstream) {
        routes(route("r1", "/", upstream.url()));
        return this;
    }

    static ApiRoute route(String id, String prefix, String url) {
        return route(id, prefix, url, Set.of(), true, List.of(), Balancing.ROUND_ROBIN, false, TIMEOUTS);
    }

    static ApiRoute route(
            String id,
            String prefix,
            String url,
            Set<String> methods,
            boolean activated,
            List<Upstream> upstreams,
            Balancing balancing,
            boolean forwardAuthorization,
            Timeouts timeouts) {
        return new ApiRoute(
                id,
                id,
                "acme",
                prefix,
                url,
                methods,
                "",
                activated,
                null,
                null,
                UpstreamHttp.AUTO,
                RouteTls.STANDARD,
                upstreams,
                balancing,
                false,
                EvidenceMode.REQUIRED,
                ApiRoute.Callers.KNOWN,
                forwardAuthorization,
                timeouts);
    }

    /** @param http that the upstream is spoken to in */
    static ApiRoute route(String id, String prefix, String url, UpstreamHttp http) {
        return route(id, "acme", prefix, url, http);
    }

    static ApiRoute route(String id, String tenant, String prefix, String url, UpstreamHttp http) {
        return route(id, tenant, prefix, url, http, List.of());
    }

    /** For every path. */
    static ApiRoute route(String id, String url, UpstreamHttp http, List<Upstream> upstreams) {
        return route(id, "acme", "/", url, http, upstreams);
    }

    private static ApiRoute route(
            String id, String tenant, String prefix, String url, UpstreamHttp http, List<Upstream> upstreams) {
        return new ApiRoute(
                id,
                id,
                tenant,
                prefix,
                url,
                Set.of(),
                "",
                true,
                null,
                null,
                http,
                RouteTls.STANDARD,
                upstreams,
                Balancing.ROUND_ROBIN,
                false,
                EvidenceMode.REQUIRED,
                ApiRoute.Callers.KNOWN,
                false,
                TIMEOUTS);
    }

    Answer get(String path, String... fields) {
        return WireClient.exchange(port, request("GET", path, fields));
    }

    static String request(String method, String path, String... fields) {
        StringBuilder text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: gateway.test\r\n");
        for (String field : fields) {
            text.append(field).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    /** How many calls were answered so. @param route id, or {@code none} */
    long answered(String route, String method, int status) {
        return (long) metrics.counter(
                        CallMetrics.REQUESTS, "method", method, "http_route", route, "status", Integer.toString(status))
                .count();
    }

    /** Returns when the plane has no connection of a client. */
    boolean awaitNoConnection() {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> plane.connections() == 0);
        return true;
    }

    /** What this reads, while the plane's time passes, a fifth of a second at a time. */
    <T> T whileTimePasses(Supplier<T> read) {
        CompletableFuture<T> result = CompletableFuture.supplyAsync(read);
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
                    clock.advance(Duration.ofMillis(200));
                    return result.isDone();
                });
        return result.join();
    }

    /** Returns when the plane has looked at all its connections after this time: it has closed one that was idle meanwhile. */
    void letPass(Duration time) {
        try (WireClient idle = new WireClient(port)) {
            idle.send(request("GET", "/health")).answer();
            clock.advance(time);
            if (!whileTimePasses(idle::isAtEnd)) {
                throw new AssertionError("an idle connection said something");
            }
        }
    }

    @Override
    public void close() {
        plane.close();
    }
}
