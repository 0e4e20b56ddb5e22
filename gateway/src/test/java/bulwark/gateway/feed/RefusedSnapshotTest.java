package bulwark.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Role;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.signing.Signing;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of calls when a snapshot is signed by another key, for another gateway, forbidden here, or none. */
class RefusedSnapshotTest extends ControlPlaneLinkTestBase {
    @Test
    void the_key_that_signs_is_replaced_without_a_snapshot_that_a_prepared_gateway_refuses() throws Exception {
        String next = control.owner("/owner/snapshot-key/announce", Map.of())
                .path("key")
                .asString();
        Map<String, String> both = environment("http://127.0.0.1:" + control.plane.port());
        both.merge("STOA_CONTROL_PLANE_KEYS", next, (former, added) -> former + "," + added);
        startGateway(both);
        eventually(204, () -> callWith(key));
        assertThat(control.owner("/owner/snapshot-key/promote", Map.of())
                        .path("snapshot_keys")
                        .toString())
                .isEqualTo("[\"" + next + "\"]");
        control.api("acme", "more", "http://127.0.0.1:" + backend.getAddress().getPort());
        eventually(401, () -> call("/apis/acme/more", Map.of()));
        assertThat(metric("stoa_control_plane_snapshots_refused_total"))
                .isIn("", "stoa_control_plane_snapshots_refused_total 0.0");
        gateway.close();
        // One that trusts the former key alone must not start with what the new one signed.
        Assertions.assertThatThrownBy(this::startGateway)
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("STOA_CONTROL_PLANE_KEYS");
        gateway = null;
    }

    @DisplayName("X33: a snapshot with one forbidden backend is refused as a whole and says so")
    @Test
    void a_snapshot_with_one_forbidden_backend_is_refused_as_a_whole_and_says_so() throws Exception {
        Map<String, String> strict = environment("http://127.0.0.1:" + control.plane.port());
        startGateway(strict);
        eventually(204, () -> callWith(key));
        gateway.close();
        // This gateway's operator allows less than the control plane's.
        strict.put("STOA_SSRF__EXTRA_DENY", "93.184.216.0/24");
        startGateway(strict);
        control.api("acme", "bad", "http://93.184.216.34");
        control.api("acme", "good", "http://127.0.0.1:" + backend.getAddress().getPort());
        eventually("error", this::syncStatus);
        assertThat(call("/apis/acme/good", Map.of())).isEqualTo(404);
        assertThat(callWith(key)).isEqualTo(204);
        assertThat(control.operator("GET", "/v1/admin/gateways/" + added.text("id"), null)
                        .json()
                        .path("reasons")
                        .toString())
                .contains("93.184.216");
    }

    /** One tenant's API that this gateway must not call holds up no order of another: what only takes away is carried out at once. */
    @Test
    void a_refused_snapshot_still_revokes_tokens_and_withdraws_keys() throws Exception {
        Map<String, String> strict = environment("http://127.0.0.1:" + control.plane.port());
        strict.put("STOA_SSRF__EXTRA_DENY", "93.184.216.0/24");
        startGateway(strict);
        eventually(204, () -> callWith(key));
        String token = LocalTokenIssuer.open(folder.resolve("edge"), Signing.fastest(), control.clock)
                .issue("user-1", "acme", List.of(Role.DEVOPS), Duration.ofMinutes(5), "stoa-mcp-gateway");
        Map<String, String> bearer = Map.of("Authorization", "Bearer " + token);
        assertThat(call("/apis/acme/orders/1", bearer)).isEqualTo(204);

        control.api("acme", "bad", "http://93.184.216.34");
        eventually("error", this::syncStatus);
        control.admin("acme", "POST", "/v1/subscriptions/" + subscription + "/suspend")
                .is(200);
        eventually(401, () -> callWith(key));
        control.operator(
                        "POST",
                        "/v1/revocations",
                        Map.of(
                                "sub",
                                "user-1",
                                "until",
                                control.clock.instant().plusSeconds(600).toString()))
                .is(201);
        eventually(401, () -> call("/apis/acme/orders/1", bearer));
        assertThat(call("/apis/acme/bad", Map.of()))
                .as("its routes are not carried out")
                .isEqualTo(404);

        // The orders hold after a restart, too, while nobody answers.
        gateway.close();
        strict.put(
                "STOA_CONTROL_PLANE_URL",
                "http://127.0.0.1:" + backend.getAddress().getPort());
        startGateway(strict);
        assertThat(callWith(key)).isEqualTo(401);
        assertThat(call("/apis/acme/orders/1", bearer)).isEqualTo(401);
    }

    @Test
    void what_a_stranger_signs_or_another_gateway_was_meant_to_get_is_refused() throws Exception {
        Answer other = control.operator("POST", "/v1/admin/gateways", Map.of("name", "other", "serves_tenant", "other"))
                .is(201);
        Map<String, String> wrongKey = environment("http://127.0.0.1:" + control.plane.port());
        wrongKey.put("STOA_CONTROL_PLANE_KEYS", bulwark.kernel.json.Base64Url.text(new byte[32]));
        startGateway(wrongKey);
        eventually(
                "stoa_control_plane_snapshots_refused_total 1.0",
                () -> metric("stoa_control_plane_snapshots_refused_total"));
        assertThat(callWith(key)).isEqualTo(404);
        gateway.close();
        gateway = null;

        // The key of the other gateway sees its own path alone.
        Map<String, String> theirs = Map.of("X-Gateway-Key", other.text("gateway_key"));
        control.call("GET", "/v1/internal/gateways/" + added.text("id") + "/snapshot", null, theirs)
                .is(404);
        String mine = control.call("GET", "/v1/internal/gateways/" + other.text("id") + "/snapshot", null, theirs)
                .is(200)
                .body();
        assertThat(mine).doesNotContain("acme").doesNotContain("orders");
        control.call("GET", "/v1/tenants", null, theirs).is(401);
        control.call("GET", "/v1/internal/gateways/" + other.text("id") + "/snapshot", null, Map.of())
                .is(401);
        assertThat(control.call("POST", "/v1/subscriptions/validate-key", Map.of("api_key", key), theirs)
                        .is(200)
                        .json()
                        .path("valid")
                        .asBoolean())
                .isFalse();
    }

    @Test
    void a_hostile_control_plane_changes_nothing() throws Exception {
        HttpServer hostile = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        List<String> answers = List.of(
                "",
                "x",
                "{}",
                "{\"statement\":{},\"key\":\"k\",\"signature\":\"s\"}",
                "[".repeat(5_000),
                "{\"statement\":1}");
        int[] next = {0};
        hostile.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            boolean registers = exchange.getRequestURI().getPath().endsWith("/register");
            byte[] body = (registers ? "{\"id\":\"abc\"}" : answers.get(next[0]++ % answers.size()))
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(registers ? 201 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        startGateway();
        eventually(204, () -> callWith(key));
        gateway.close();
        hostile.start();
        try {
            startGateway(environment("http://127.0.0.1:" + hostile.getAddress().getPort()));
            eventually(true, () -> next[0] >= answers.size());
            assertThat(callWith(key)).isEqualTo(204);
        } finally {
            hostile.stop(0);
        }
    }
}
