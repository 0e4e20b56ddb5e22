package bulwark.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.gateway.snapshot.GatewaySnapshot;
import bulwark.gateway.snapshot.SignedSnapshot;
import bulwark.gateway.snapshot.SnapshotText;
import bulwark.gateway.snapshot.SnapshotTextCache;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.testkit.SnapshotServer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of ten thousand routes. */
@Timeout(300)
class SnapshotScaleTest {
    private static final int ROUTES = 10_000;
    /** Of the bench's aim five times, for machines that are slower and busy. */
    private static final Duration BOUND = Duration.ofMillis(5 * 200);

    /** Of what changes alone take on a quiet machine ten times. */
    private static final Duration DELTA_BOUND = Duration.ofMillis(10 * 40);

    private static final int ROUNDS = 8;

    @TempDir
    private Path folder;

    private final Ed25519Signer signer =
            Signing.fastest().signer(Signing.fastest().random32());
    private final SnapshotTextCache texts = SnapshotTextCache.empty();

    private static ApiRoute route(int i, String name) {
        return RouteJson.parse(StrictJson.write(Map.of(
                "id",
                "cp.acme.r" + i,
                "name",
                name,
                "tenant_id",
                "acme",
                "path_prefix",
                "/apis/acme/r" + i,
                "backend_url",
                "http://127.0.0.1:9")));
    }

    private SnapshotText snapshot(List<ApiRoute> routes, long generation) {
        return SnapshotText.of(
                new GatewaySnapshot(
                        SnapshotServer.GATEWAY, generation, routes, List.of(), List.of(), List.of(), List.of()),
                texts);
    }

    /** The best of some, so that it says what the program does, and not what else the machine does. */
    @Test
    void a_snapshot_of_which_one_route_is_new_is_carried_out_at_once() throws Exception {
        List<ApiRoute> routes = new ArrayList<>();
        for (int i = 0; i < ROUTES; i++) {
            routes.add(route(i, "r" + i));
        }
        Duration best = Duration.ofDays(1);
        Duration bestDelta = best;
        try (SnapshotServer server = new SnapshotServer()) {
            Map<String, String> environment = Map.of(
                    "STOA_PORT",
                    "0",
                    "STOA_STATE_DIR",
                    folder.toString(),
                    "STOA_SSRF__ALLOWED_CIDRS",
                    "127.0.0.1/32",
                    "STOA_CONTROL_PLANE_URL",
                    server.url(),
                    "STOA_CONTROL_PLANE_API_KEY",
                    "a-gateway-key-of-the-tests",
                    "STOA_CONTROL_PLANE_KEYS",
                    Base64Url.text(signer.publicKey()));
            try (Gateway gateway = Gateway.start(
                    () -> Configuration.read(GatewaySettings.schema(), environment, folder),
                    folder,
                    Clock.systemUTC())) {
                for (int round = 1; round <= ROUNDS; round++) {
                    routes.set(round, route(round, "changed"));
                    Duration taken = server.deliver(SignedSnapshot.sign(snapshot(routes, round), signer));
                    best = taken.compareTo(best) < 0 ? taken : best;
                }
                for (int round = ROUNDS + 1; round <= 2 * ROUNDS; round++) {
                    SnapshotText before = snapshot(routes, round - 1);
                    routes.set(round, route(round, "changed"));
                    Duration taken = server.deliver(SignedSnapshot.signDelta(before, snapshot(routes, round), signer));
                    bestDelta = taken.compareTo(bestDelta) < 0 ? taken : bestDelta;
                }
                assertThat(gateway.port()).isPositive();
            }
        }
        System.out.printf(
                "snapshot of %d routes: whole %d ms, change %d ms%n", ROUTES, best.toMillis(), bestDelta.toMillis());
        assertThat(best).isLessThan(BOUND);
        assertThat(bestDelta).isLessThan(DELTA_BOUND);
    }
}
