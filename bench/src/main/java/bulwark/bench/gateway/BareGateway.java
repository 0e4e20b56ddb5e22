package bulwark.bench.gateway;

import bulwark.gateway.balance.BreakerSettings;
import bulwark.gateway.balance.RetryBudget;
import bulwark.gateway.balance.UpstreamDirectory;
import bulwark.gateway.balance.UpstreamTls;
import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.endpoint.EndpointTable;
import bulwark.gateway.proxy.CallMetrics;
import bulwark.gateway.proxy.DataPlane;
import bulwark.gateway.proxy.ForwardingContext;
import bulwark.gateway.proxy.ListenerTls;
import bulwark.gateway.proxy.PlaneCapacity;
import bulwark.gateway.proxy.PlaneTime;
import bulwark.gateway.proxy.ProxyLimits;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.CurrentRoutes;
import bulwark.gateway.route.RouteTls;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.network.SystemResolver;
import bulwark.kernel.tls.ReloadingTls;
import bulwark.kernel.tls.TlsFiles;
import bulwark.kernel.tls.TlsPolicy;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;

/** The data plane with one thread and every stage open; its header rules, limits, trace and five headers are always on. */
final class BareGateway {
    /** So that 1 GiB can be sent. */
    private static final long MAX_BODY_BYTES = 2L << 30;

    private final ForwardingContext forwarding;
    private final String backend;
    private long version = 1;

    private BareGateway(ForwardingContext forwarding, String backend) {
        this.forwarding = forwarding;
        this.backend = backend;
    }

    /** @param args {@code bare}, port to listen on, port of the backend and, for TLS, files of certificate and key */
    static BareGateway start(String... args) throws NoSuchAlgorithmException {
        Clock clock = Clock.systemUTC();
        AddressPolicy policy =
                new AddressPolicy(List.of(IpPrefix.parse("127.0.0.0/8")), Set.of(), Set.of(), "", "", "");
        ForwardingContext forwarding = new ForwardingContext(
                new CurrentRoutes<>(),
                new UpstreamDirectory(
                        BreakerSettings.STANDARD, System::nanoTime, UpstreamTls.of(SSLContext.getDefault())),
                new RetryBudget(20),
                new AddressGuard(new SystemResolver(), policy));
        BareGateway gateway = new BareGateway(forwarding, "http://127.0.0.1:" + args[2]);
        forwarding.publish(1, List.of(gateway.route("bare", "/")));
        DataPlane plane = DataPlane.create(
                1,
                ProxyLimits.STANDARD.with(PlaneCapacity.STANDARD, MAX_BODY_BYTES),
                CallPipeline.closed().withIdentity(RequestStage.PASS),
                EndpointTable.empty(),
                forwarding,
                new CallMetrics(new Metrics(CallMetrics.DESCRIPTIONS)),
                PlaneTime.of(clock),
                new SecureRandom());
        int port = Integer.parseInt(args[1]);
        if (args.length > 3) {
            plane.listenTls("127.0.0.1", port, tls(args[3], args[4], clock));
        } else {
            plane.listenPlain("127.0.0.1", port);
        }
        return gateway;
    }

    private static ListenerTls tls(String certificate, String key, Clock clock) {
        TlsFiles files = TlsFiles.ofServer(Path.of(certificate), Path.of(key));
        return new ListenerTls(
                ReloadingTls.load(files, TlsPolicy.publicServer13(), clock), ListenerTls.ClientAuth.NONE);
    }

    /** @return milliseconds until every one of so many routes, {@code /api/0/x} and so on, is live */
    long publish(int routes) {
        long began = System.nanoTime();
        forwarding.publish(
                ++version,
                IntStream.range(0, routes)
                        .mapToObj(i -> route("route-" + i, "/api/" + i))
                        .toList());
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }

    private ApiRoute route(String id, String prefix) {
        return new ApiRoute(
                id,
                id,
                "bench",
                prefix,
                backend,
                Set.of(),
                "",
                true,
                null,
                null,
                ApiRoute.UpstreamHttp.H1,
                RouteTls.STANDARD,
                List.of(),
                ApiRoute.Balancing.ROUND_ROBIN,
                false,
                ApiRoute.EvidenceMode.BEST_EFFORT,
                ApiRoute.Callers.KNOWN,
                false,
                ApiRoute.Timeouts.DEFAULT);
    }
}
