package bulwark.bench;

import bulwark.gateway.balance.BreakerSettings;
import bulwark.gateway.balance.RetryBudget;
import bulwark.gateway.balance.UpstreamDirectory;
import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.endpoint.EndpointTable;
import bulwark.gateway.proxy.CallMetrics;
import bulwark.gateway.proxy.DataPlane;
import bulwark.gateway.proxy.ForwardingContext;
import bulwark.gateway.proxy.PlaneTime;
import bulwark.gateway.proxy.ProxyLimits;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.CurrentRoutes;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.network.SystemResolver;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.slf4j.LoggerFactory;

/** The gateway's data plane with one thread and one route, and every stage open: what {@link GatewayBench} measures as "bare". Prints the bytes that its threads allocated for each line of input. */
public final class GatewayProcess {
    private GatewayProcess() {}

    /** @param args port to listen on, port of the backend */
    public static void main(String[] args) throws Exception {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
        Clock clock = Clock.systemUTC();
        AddressPolicy policy =
                new AddressPolicy(List.of(IpPrefix.parse("127.0.0.0/8")), Set.of(), Set.of(), "", "", "");
        ForwardingContext forwarding = new ForwardingContext(
                new CurrentRoutes<>(),
                new UpstreamDirectory(BreakerSettings.STANDARD, clock),
                new RetryBudget(20),
                new AddressGuard(new SystemResolver(), policy),
                SSLContext.getDefault());
        forwarding.publish(1, List.of(route("http://127.0.0.1:" + args[1])));
        DataPlane plane = DataPlane.create(
                1,
                ProxyLimits.STANDARD,
                CallPipeline.closed().withIdentity(RequestStage.PASS),
                EndpointTable.empty(),
                forwarding,
                new CallMetrics(new Metrics(CallMetrics.DESCRIPTIONS)),
                PlaneTime.of(clock),
                new SecureRandom());
        plane.listenPlain("127.0.0.1", Integer.parseInt(args[0]));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        System.out.println("ready");
        while (System.in.read() >= 0) {
            System.out.println(threads.getTotalThreadAllocatedBytes());
        }
    }

    private static ApiRoute route(String url) {
        return new ApiRoute(
                "bare",
                "bare",
                "bench",
                "/",
                url,
                Set.of(),
                "",
                true,
                null,
                null,
                ApiRoute.UpstreamHttp.H1,
                List.of(),
                ApiRoute.Balancing.ROUND_ROBIN,
                false,
                ApiRoute.EvidenceMode.BEST_EFFORT,
                ApiRoute.Callers.KNOWN,
                false,
                ApiRoute.Timeouts.DEFAULT);
    }
}
