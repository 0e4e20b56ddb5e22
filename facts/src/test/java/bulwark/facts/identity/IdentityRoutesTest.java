package bulwark.facts.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.GivenRequest;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.time.SettableClock;
import bulwark.web.ApiRefusal;
import bulwark.web.Route;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class IdentityRoutesTest {
    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(TestNode.START);

    private static Route route(TestNode node, String path) {
        return new IdentityRoutes(
                        node.identity(),
                        new Rotation(node.identity()),
                        new LogKeyRotation(node.identity(), node.heads()))
                .routes().stream()
                        .filter(route -> route.path().equals(path))
                        .findFirst()
                        .orElseThrow();
    }

    private static JsonNode call(TestNode node, String path, GivenRequest request) {
        return StrictJson.parse(route(node, path).handler().handle(request).body());
    }

    private static GivenRequest rotate(String body) {
        return GivenRequest.of("POST", "/local/identity/rotate").json(body);
    }

    @Test
    void the_well_known_manifest_is_open_fast_and_shows_a_rotation_at_once() {
        try (TestNode node = TestNode.start(folder, clock)) {
            String path = "/.well-known/stigmem-manifest.json";
            assertThat(route(node, path).runsOnEventLoop()).isTrue();
            assertThat(route(node, path).access()).isInstanceOf(Route.Access.Open.class);
            JsonNode answer = call(node, "/local/identity/rotate", rotate("{\"kind\":\"node\"}"));
            JsonNode manifest = call(node, path, GivenRequest.of("GET", path));
            assertThat(manifest.path("key_id")).isEqualTo(answer.path("new_key_id"));
            assertThat(manifest.path("rotation_events").size()).isEqualTo(1);
        }
    }

    @Test
    void the_proof_says_where_both_manifests_stand() {
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThat(node.settle()).isTrue();
            String path = "/.well-known/stigmem-manifest-proof.json";
            JsonNode proof = call(node, path, GivenRequest.of("GET", path));
            assertThat(proof.path("log_entry").path("log_index").longValue()).isZero();
            assertThat(proof.path("issuer").path("log_entry").path("log_index").longValue())
                    .isEqualTo(1);
        }
    }

    @Test
    void a_stored_manifest_is_found_by_its_uri_until_it_expires() {
        try (TestNode node = TestNode.start(folder, clock)) {
            String path = "/v1/federation/manifest/{uri}";
            GivenRequest request = GivenRequest.of("GET", path).parameter("uri", TestNode.URL + "/issuer");
            assertThat(call(node, path, request).path("key_id").stringValue())
                    .isEqualTo(node.identity().published().issuer().keyId());
            clock.advance(Duration.ofDays(366));
            assertThatThrownBy(() -> call(node, path, request)).hasMessage("manifest not found or expired");
        }
    }

    @Test
    void rotation_belongs_to_the_owner_and_names_what_is_wrong() {
        try (TestNode node = TestNode.start(folder, clock)) {
            String path = "/local/identity/rotate";
            assertThat(route(node, path).access()).isInstanceOf(Route.Access.Owner.class);
            assertThat(route(node, path).network()).isFalse();
            for (String bad :
                    new String[] {"{}", "{\"kind\":\"tls\"}", "{\"kind\":\"node\",\"dual_trust_days\":\"x\"}"}) {
                assertThatThrownBy(() -> call(node, path, rotate(bad))).isInstanceOf(ApiRefusal.class);
            }
            assertThatThrownBy(() -> call(node, path, rotate("{\"kind\":\"node\",\"dual_trust_days\":30}")))
                    .hasMessageContaining("got 30");
        }
    }
}
