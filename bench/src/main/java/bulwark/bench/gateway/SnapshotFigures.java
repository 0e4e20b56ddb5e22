package bulwark.bench.gateway;

import bulwark.bench.ProcessFigures;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.gateway.snapshot.GatewaySnapshot;
import bulwark.gateway.snapshot.SignedSnapshot;
import bulwark.gateway.snapshot.SnapshotText;
import bulwark.gateway.snapshot.SnapshotTextCache;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.testkit.SnapshotServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How soon a gateway carries out a snapshot of its control plane of which one route is new, and what that costs. */
final class SnapshotFigures implements AutoCloseable {
    private static final int WARM_UP = 6;

    private final Ed25519Signer signer =
            Signing.fastest().signer(Signing.fastest().random32());
    private final SnapshotServer server = new SnapshotServer();
    private final int routes;
    private final String backend;
    private final SnapshotTextCache texts = SnapshotTextCache.empty();
    private long generation;
    private @Nullable SnapshotText before;

    SnapshotFigures(int routes, int backendPort) throws IOException {
        this.routes = routes;
        this.backend = "http://127.0.0.1:" + backendPort;
    }

    /** Settings of the gateway that follows. */
    Map<String, String> settings() {
        return Map.of(
                "STOA_CONTROL_PLANE_URL",
                server.url(),
                "STOA_CONTROL_PLANE_API_KEY",
                "a-gateway-key-of-the-bench",
                "STOA_CONTROL_PLANE_KEYS",
                Base64Url.text(signer.publicKey()),
                "STOA_HEARTBEAT_INTERVAL_SECS",
                "300");
    }

    private SnapshotText next() {
        generation++;
        List<ApiRoute> all = new ArrayList<>();
        for (int i = 0; i < routes; i++) {
            long changed = i == generation % routes ? generation : 0;
            all.add(route("r" + i, "/apis/bench/r" + i, "changed " + changed + " times"));
        }
        return SnapshotText.of(
                new GatewaySnapshot(
                        SnapshotServer.GATEWAY, generation, all, List.of(), List.of(), List.of(), List.of()),
                texts);
    }

    private ApiRoute route(String id, String prefix, String name) {
        return RouteJson.parse(StrictJson.write(Map.of(
                "id",
                "cp.bench." + id,
                "name",
                name,
                "tenant_id",
                "bench",
                "path_prefix",
                prefix,
                "backend_url",
                backend)));
    }

    /** As a control plane sends it: what changed, where the gateway has the one before. */
    private Duration deliver(boolean whole) throws InterruptedException {
        SnapshotText base = before;
        SnapshotText next = next();
        before = next;
        return server.deliver(
                whole || base == null
                        ? SignedSnapshot.sign(next, signer)
                        : SignedSnapshot.signDelta(base, next, signer));
    }

    void warmUp() throws InterruptedException {
        for (int i = 0; i < WARM_UP; i++) {
            deliver(i % 2 == 0);
        }
    }

    /** Seconds of CPU of the gateway for one snapshot. @param whole or what changed alone */
    double cost(ProxyProcess gateway, int rounds, boolean whole) throws IOException, InterruptedException {
        double start = ProcessFigures.cpuSeconds(gateway.pid());
        for (int i = 0; i < rounds; i++) {
            deliver(whole);
        }
        return (ProcessFigures.cpuSeconds(gateway.pid()) - start) / rounds;
    }

    /** Each in milliseconds. @param whole or what changed alone */
    List<Long> times(int rounds, boolean whole) throws InterruptedException {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            times.add(deliver(whole).toMillis());
        }
        return times.stream().sorted().toList();
    }

    static String sentence(int routes, boolean whole, List<Long> millis, double cpuSeconds) {
        return String.format(
                Locale.ROOT,
                "%s of %,d routes, one of them new, is carried out beside traffic after %d ms (%d – %d); %.0f ms of CPU without traffic.",
                whole ? "A whole snapshot" : "What changed in a snapshot",
                routes,
                millis.get(millis.size() / 2),
                millis.getFirst(),
                millis.getLast(),
                cpuSeconds * 1_000);
    }

    @Override
    public void close() {
        server.close();
    }
}
