package bulwark.gateway.feed;

import static bulwark.gateway.feed.LinkFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that follows its control plane by what changes. */
@Timeout(300)
class SnapshotDeltaLinkTest {
    @TempDir
    private Path folder;

    private final Ed25519Signer signer =
            Signing.fastest().signer(Signing.fastest().random32());
    private final SnapshotTextCache texts = SnapshotTextCache.empty();

    private static ApiRoute route(int id, String backend) {
        return RouteJson.parse(StrictJson.write(Map.of(
                "id",
                "cp.acme.r" + id,
                "tenant_id",
                "acme",
                "path_prefix",
                "/apis/acme/r" + id,
                "callers",
                "anybody",
                "backend_url",
                backend)));
    }

    /** With as many routes as its number. */
    private SnapshotText snapshot(int generation) {
        List<ApiRoute> routes = new ArrayList<>();
        for (int i = 0; i < generation; i++) {
            routes.add(route(i, "http://127.0.0.1:9"));
        }
        return SnapshotText.of(
                new GatewaySnapshot(
                        SnapshotServer.GATEWAY, generation, routes, List.of(), List.of(), List.of(), List.of()),
                texts);
    }

    private byte[] whole(int generation) {
        return SignedSnapshot.sign(snapshot(generation), signer);
    }

    private byte[] delta(int from, int to) {
        return SignedSnapshot.signDelta(snapshot(from), snapshot(to), signer);
    }

    private Gateway gateway(String controlUrl) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "STOA_PORT",
                "0",
                "STOA_STATE_DIR",
                folder.toString(),
                "STOA_SSRF__ALLOWED_CIDRS",
                "127.0.0.1/32",
                "STOA_CONTROL_PLANE_URL",
                controlUrl,
                "STOA_CONTROL_PLANE_API_KEY",
                "a-gateway-key-of-the-tests",
                "STOA_CONTROL_PLANE_KEYS",
                Base64Url.text(signer.publicKey())));
        return Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), environment, folder), folder, Clock.systemUTC());
    }

    /** 502 for one that stands, since nothing listens there. */
    private static int status(Gateway gateway, int route) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + gateway.port() + "/apis/acme/r" + route))
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static String metric(Gateway gateway, String name) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + "/metrics"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .map(line -> line.substring(name.length() + 1))
                    .findFirst()
                    .orElse("");
        }
    }

    private List<String> deltas() throws Exception {
        Path file = folder.resolve("control-plane.deltas");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    @Test
    void what_changed_is_carried_out_and_kept_for_a_start_alone() throws Exception {
        String gone;
        try (SnapshotServer server = new SnapshotServer();
                Gateway gateway = gateway(server.url())) {
            gone = server.url();
            assertThat(server.awaitQuestion()).doesNotContain("base=");
            server.deliver(whole(2));
            assertThat(server.awaitQuestion())
                    .contains("after=2", "base=" + snapshot(2).digest());
            server.deliver(delta(2, 3));
            server.deliver(delta(3, 5));
            assertThat(status(gateway, 4)).isEqualTo(502);
            assertThat(status(gateway, 5)).isEqualTo(404);
            assertThat(deltas()).hasSize(2);
        }
        // A kill tore the last line: nobody was told that it was kept.
        Files.writeString(
                folder.resolve("control-plane.deltas"), "{\"delta\":{", java.nio.file.StandardOpenOption.APPEND);
        try (Gateway gateway = gateway(gone)) {
            assertThat(status(gateway, 4)).isEqualTo(502);
        }
        // An older copy of what changed is no way back.
        Files.write(folder.resolve("control-plane.deltas"), List.of(deltas().getFirst()));
        assertThatThrownBy(() -> gateway(gone).close()).hasMessageContaining("generation 3");
    }

    @Test
    void what_somebody_changed_in_the_kept_lines_refuses_the_start() throws Exception {
        String gone;
        try (SnapshotServer server = new SnapshotServer();
                Gateway gateway = gateway(server.url())) {
            gone = server.url();
            server.deliver(whole(2));
            server.deliver(delta(2, 3));
            assertThat(status(gateway, 2)).isEqualTo(502);
        }
        Path kept = folder.resolve("control-plane.deltas");
        Files.writeString(kept, Files.readString(kept).replace("acme/r2", "acme/rX"));
        assertThatThrownBy(() -> gateway(gone).close()).hasMessageContaining("control-plane.deltas");
    }

    @Test
    void changes_that_cannot_be_used_change_nothing_and_the_whole_is_asked_for() throws Exception {
        try (SnapshotServer server = new SnapshotServer();
                Gateway gateway = gateway(server.url())) {
            server.awaitQuestion();
            server.deliver(whole(2));
            server.awaitQuestion();
            byte[] torn = delta(2, 4);
            torn[torn.length / 2] ^= 1;
            server.hand(torn);
            assertThat(server.awaitQuestion()).contains("after=2").doesNotContain("base=");
            assertThat(status(gateway, 2)).isEqualTo(404);
            assertThat(metric(gateway, "stoa_control_plane_deltas_refused_total"))
                    .isEqualTo("1.0");
            server.deliver(whole(4));
            assertThat(status(gateway, 3)).isEqualTo(502);
            // One that was carried out before, and the whole of one: both are older.
            assertThat(server.awaitQuestion()).contains("after=4").doesNotContain("base=");
            server.hand(delta(2, 4));
            server.hand(whole(2));
            eventually("2.0", () -> metric(gateway, "stoa_control_plane_snapshots_refused_total"));
            assertThat(status(gateway, 3)).isEqualTo(502);
        }
    }

    @Test
    void after_many_changes_the_whole_is_kept_again() throws Exception {
        try (SnapshotServer server = new SnapshotServer();
                Gateway gateway = gateway(server.url())) {
            server.awaitQuestion();
            server.deliver(whole(1));
            for (int i = 1; i <= 16; i++) {
                assertThat(server.awaitQuestion()).contains("after=" + i + "&", "base=");
                server.deliver(delta(i, i + 1));
            }
            assertThat(deltas()).hasSize(16);
            assertThat(server.awaitQuestion()).contains("after=0").doesNotContain("base=");
            server.hand(whole(17));
            assertThat(server.awaitQuestion()).contains("after=17", "base=");
            assertThat(deltas()).isEmpty();
            assertThat(Files.readAllBytes(folder.resolve("control-plane.snapshot")))
                    .isEqualTo(whole(17));
            server.deliver(delta(17, 18));
            assertThat(status(gateway, 17)).isEqualTo(502);
        }
    }

    @Test
    void a_control_plane_sends_what_changed_and_the_whole_to_one_that_has_not_the_base() throws Exception {
        try (LinkFixture link = new LinkFixture(folder.resolve("link"))) {
            Gateway gateway = link.gateway("edge", Map.of());
            eventually(204, () -> link.callWith(gateway, link.key));
            Path kept = folder.resolve("link/edge/control-plane.deltas");
            assertThat(kept).doesNotExist();
            String plan = link.control.plan("acme", "gold", Map.of("requires_approval", false));
            String other = link.control
                    .subscribe("acme", link.api, plan, link.control.consumer("acme", "second"))
                    .is(201)
                    .text("api_key");
            eventually(204, () -> link.callWith(gateway, other));
            assertThat(Files.readAllLines(kept))
                    .isNotEmpty()
                    .allMatch(line -> line.startsWith("{\"delta\":{\"base\":"));
            eventually("synced", () -> link.syncStatus("edge"));

            // A control plane that starts anew has sent nothing yet, and learns what the gateway has when it asks.
            link.stop(gateway);
            link.control.plane.close();
            link.control.restart();
            Gateway again = link.gateway("edge", Map.of());
            assertThat(link.callWith(again, other)).isEqualTo(204);
            link.control
                    .admin("acme", "POST", "/v1/subscriptions/" + link.subscription + "/suspend")
                    .is(200);
            eventually(401, () -> link.callWith(again, link.key));
            assertThat(link.callWith(again, other)).isEqualTo(204);
            eventually("synced", () -> link.syncStatus("edge"));
        }
    }
}
