package bulwark.facts.capability;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.GivenRequest;
import bulwark.facts.identity.TestNode;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.time.SettableClock;
import bulwark.web.Response;
import bulwark.web.Route;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A node that issues capability tokens. */
@Timeout(60)
abstract class CapabilityTestBase {
    static final String BASE = "/v1/federation/capability-tokens";
    static final String ISSUER = TestNode.URL + "/issuer";

    @TempDir
    Path folder;

    final SettableClock clock = new SettableClock(TestNode.START);
    final Metrics metrics = new Metrics();

    @Nullable
    TestNode node;

    @Nullable
    CapabilityRoutes routes;

    @BeforeEach
    void start() {
        node = TestNode.start(folder, clock);
        CapabilityService capabilities = new CapabilityService(
                node.store(),
                node.audit(),
                ApiKeys.open(node.store(), clock, Duration.ofDays(90)),
                node.identity().submitter(),
                node.identity(),
                node.signing(),
                clock);
        routes = new CapabilityRoutes(
                capabilities, new CapabilityVerifier(node.store(), node.audit(), node.identity(), metrics, clock));
    }

    @AfterEach
    void stop() {
        node.close();
    }

    Response call(String method, String template, GivenRequest request) {
        Route route = routes.routes().stream()
                .filter(candidate ->
                        candidate.method().equals(method) && candidate.path().equals(template))
                .findFirst()
                .orElseThrow();
        return route.handler().handle(request);
    }

    JsonNode issue(GivenRequest caller) {
        Response response = call("POST", BASE, caller);
        assertThat(response.status()).isEqualTo(201);
        return StrictJson.parse(response.body());
    }

    static GivenRequest grant(String issuer, String subject, String verb, String object, String ttl) {
        return GivenRequest.of("POST", BASE)
                .json("{\"issuer\":\"" + issuer + "\",\"subject\":\"" + subject + "\",\"verb\":\"" + verb
                        + "\",\"object\":\"" + object + "\",\"ttl_seconds\":" + ttl + "}");
    }

    static GivenRequest good() {
        return grant(ISSUER, TestNode.URL, "read", "stigmem://facts/scope:company", "3600")
                .as("agent:admin", "write", "admin");
    }

    Response revoke(String id, String entity, String... permissions) {
        return call(
                "POST",
                BASE + "/{id}/revoke",
                GivenRequest.of("POST", BASE)
                        .parameter("id", id)
                        .json("{\"reason\":\"lost\"}")
                        .as(entity, permissions));
    }
}
