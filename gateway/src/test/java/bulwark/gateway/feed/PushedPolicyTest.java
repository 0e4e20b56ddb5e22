package bulwark.gateway.feed;

import static bulwark.gateway.feed.LinkFixture.ORDERS;
import static bulwark.gateway.feed.LinkFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.Gateway;
import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.evidence.DecisionQuery;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.gateway.evidence.RecordedDecision;
import bulwark.gateway.state.GatewayStore;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Policies that tenants keep at a control plane, as gateways carry them out. */
@Timeout(300)
class PushedPolicyTest {
    private static final Map<String, Object> MARK =
            Map.of("response", Map.of("set", List.of(Map.of("name", "X-From", "value", "control plane"))));
    private static final String POLICIES = "/v1/admin/policies";

    @TempDir
    private Path folder;

    private LinkFixture link;
    private Gateway gateway;

    @BeforeEach
    void start() throws Exception {
        link = new LinkFixture(folder);
        gateway = link.gateway("edge", Map.of());
        eventually(204, () -> link.callWith(gateway, link.key));
    }

    @AfterEach
    void stop() {
        link.close();
    }

    private String policy(String name, String type, Map<String, Object> config, String mode) throws Exception {
        return link.control
                .admin(
                        "acme",
                        "POST",
                        POLICIES,
                        Map.of("name", name, "policy_type", type, "config", config, "mode", mode))
                .is(201)
                .text("id");
    }

    private Answer bind(String policy, Map<String, Object> to) throws Exception {
        return link.control.admin("acme", "POST", POLICIES + "/" + policy + "/bindings", to);
    }

    private HttpResponse<String> call() throws Exception {
        return link.get(gateway, ORDERS, Map.of("X-API-Key", link.key));
    }

    private static String header(HttpResponse<?> answer, String name) {
        return String.join(" | ", answer.headers().allValues(name));
    }

    private RecordedDecision record(HttpResponse<?> answer) {
        DecisionQuery query =
                new DecisionQuery(Instant.EPOCH, null, null, null, null, header(answer, "X-Stoa-Trace-Id"), 10);
        EvidenceFolder evidence = new EvidenceFolder(GatewayStore.file(folder.resolve("edge")));
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> evidence.query(query), found -> !found.isEmpty())
                .getFirst();
    }

    @Test
    void a_policy_is_carried_out_from_its_binding_until_it_is_unbound_and_records_name_it() throws Exception {
        String mark = policy("mark", "transform", MARK, "enforce");
        Answer binding = bind(mark, Map.of("scope", "api", "api_id", link.api)).is(201);
        eventually("control plane", () -> header(call(), "X-From"));
        String limit = policy("two", "rate_limit", Map.of("limit", 2, "window", "1m"), "enforce");
        bind(limit, Map.of("scope", "tenant")).is(201);
        eventually(429, () -> call().statusCode());
        HttpResponse<String> refused = call();
        assertThat(refused.body()).contains("policy limit of 2 requests in 60 s");
        RecordedDecision record = record(refused);
        assertThat(record.text("rule")).isEqualTo("policy cp.acme.two");
        assertThat(record.text("policy_version"))
                .as("no generation of its own, and that of the snapshot")
                .matches("0\\+[1-9][0-9]*");

        link.control
                .admin("acme", "PUT", POLICIES + "/" + limit, Map.of("mode", "shadow"))
                .is(200);
        eventually(204, () -> call().statusCode());
        call();
        HttpResponse<String> let = call();
        assertThat(let.statusCode()).isEqualTo(204);
        assertThat(record(let).text("shadow")).isEqualTo("cp.acme.two=refuse");
        assertThat(link.get(gateway, "/metrics", Map.of()).body())
                .contains("mode=\"shadow\",outcome=\"refuse\",policy=\"cp.acme.two\",type=\"rate_limit\"");

        link.control
                .admin("acme", "DELETE", POLICIES + "/" + mark + "/bindings/" + binding.text("id"))
                .is(204);
        eventually("", () -> header(call(), "X-From"));
    }

    @Test
    void the_gateways_own_policies_go_first_and_hold_for_its_own_routes_alone() throws Exception {
        bind(policy("mark", "transform", MARK, "enforce"), Map.of("scope", "tenant"))
                .is(201);
        eventually("control plane", () -> header(call(), "X-From"));
        String own = "{\"id\":\"own\",\"tenant_id\":\"acme\",\"path_prefix\":\"/own\",\"backend_url\":\""
                + link.backendUrl() + "\"}";
        assertThat(link.admin(gateway, "POST", "/admin/apis", own).statusCode()).isEqualTo(201);
        Map<String, String> bearer = Map.of("Authorization", "Bearer " + link.token("edge", "ann"));
        HttpResponse<String> ofOwn = link.get(gateway, "/own/x", bearer);
        assertThat(ofOwn.statusCode()).isEqualTo(204);
        assertThat(header(ofOwn, "X-From"))
                .as("of the tenant, and none of its routes")
                .isEmpty();

        String first = "{\"id\":\"all\",\"policy_type\":\"transform\",\"priority\":9000,\"config\":{\"response\":"
                + "{\"set\":[{\"name\":\"X-From\",\"value\":\"gateway\"}]}}}";
        assertThat(link.admin(gateway, "POST", "/admin/policies", first).statusCode())
                .isEqualTo(201);
        assertThat(header(call(), "X-From")).isEqualTo("gateway");
        assertThat(record(call()).text("policy_version")).matches("2\\+[1-9][0-9]*");
        HttpResponse<String> clash =
                link.admin(gateway, "POST", "/admin/policies", first.replace("\"all\"", "\"cp.acme.mark\""));
        assertThat(clash.statusCode()).as(clash.body()).isEqualTo(400);
        assertThat(clash.body()).contains("cp.acme.mark");
        assertThat(link.admin(gateway, "DELETE", "/admin/policies/all", "").statusCode())
                .isEqualTo(204);
        assertThat(header(call(), "X-From")).isEqualTo("control plane");
    }

    @Test
    void a_policy_that_no_gateway_could_carry_out_is_refused_by_the_name_of_its_field() throws Exception {
        Map<String, Object> draft = new HashMap<>(Map.of("name", "bad", "policy_type", "rate_limit"));
        draft.put("config", Map.of("limit", 0, "windows", "1m"));
        assertThat(link.control.admin("acme", "POST", POLICIES, draft).is(422).body())
                .contains("config.limit", "config.windows");
        assertThat(link.control
                        .admin("acme", "POST", POLICIES, Map.of("name", "bad", "policy_type", "ip_filter"))
                        .is(422)
                        .body())
                .contains("config");
        String good = policy("good", "rate_limit", Map.of("limit", 5), "enforce");
        link.control
                .admin("acme", "PUT", POLICIES + "/" + good, Map.of("config", Map.of("limit", "x")))
                .is(422);
        bind(good, Map.of("scope", "api")).is(422);
        bind(good, Map.of("scope", "tenant", "api_id", link.api)).is(422);
        bind(
                        good,
                        Map.of(
                                "scope",
                                "gateway",
                                "gateway_id",
                                link.added.get("edge").text("id")))
                .is(403);
        String posts = link.control
                .admin(
                        "acme",
                        "POST",
                        "/v1/tenants/acme/apis",
                        Map.of("name", "posts", "backend_url", link.backendUrl(), "methods", List.of("POST")))
                .is(201)
                .text("id");
        String caching = policy("cached", "caching", Map.of("ttl", "1m"), "enforce");
        assertThat(bind(caching, Map.of("scope", "api", "api_id", posts))
                        .is(422)
                        .body())
                .contains("api_id", "no API that it is for takes GET");
    }

    /** What can match nothing any more holds up no snapshot, and an API that a policy is bound to is not deleted under it. */
    @Test
    void what_an_api_becomes_makes_no_snapshot_that_gateways_refuse() throws Exception {
        String caching = policy("cached", "caching", Map.of("ttl", "1m"), "enforce");
        String other = link.control.api("acme", "other", link.backendUrl());
        bind(caching, Map.of("scope", "api", "api_id", other)).is(201);
        link.control
                .admin("acme", "PUT", "/v1/tenants/acme/apis/" + other, Map.of("methods", List.of("POST")))
                .is(200);
        eventually("synced", () -> link.syncStatus("edge"));
        for (String step : List.of("deprecate", "retire")) {
            link.control
                    .admin("acme", "POST", "/v1/tenants/acme/apis/" + other + "/" + step)
                    .is(200);
        }
        assertThat(link.control
                        .admin("acme", "DELETE", "/v1/tenants/acme/apis/" + other)
                        .is(409)
                        .text("error"))
                .isEqualTo("bound");
        eventually("synced", () -> link.syncStatus("edge"));
    }

    @Test
    void a_binding_to_one_gateway_holds_there_alone_and_for_the_tenants_calls_alone() throws Exception {
        Gateway second = link.gateway("second", Map.of());
        eventually(204, () -> link.callWith(second, link.key));
        String mark = policy("mark", "transform", MARK, "enforce");
        link.control
                .operator(
                        "POST",
                        POLICIES + "/" + mark + "/bindings?tenant=acme",
                        Map.of(
                                "scope",
                                "gateway",
                                "gateway_id",
                                link.added.get("second").text("id")))
                .is(201);
        eventually("control plane", () -> header(link.get(second, ORDERS, Map.of("X-API-Key", link.key)), "X-From"));
        eventually("synced", () -> link.syncStatus("edge"));
        assertThat(header(call(), "X-From")).isEmpty();
        link.control
                .operator(
                        "POST",
                        POLICIES + "/" + mark + "/bindings?tenant=acme",
                        Map.of("scope", "gateway", "gateway_id", "nowhere"))
                .is(422);
    }

    @Test
    void policies_hold_after_a_restart_while_nobody_answers() throws Exception {
        bind(
                        policy("none-in", "ip_filter", Map.of("deny", List.of("127.0.0.0/8")), "enforce"),
                        Map.of("scope", "tenant"))
                .is(201);
        eventually(403, () -> call().statusCode());
        link.stop(gateway);
        gateway = link.gateway("edge", Map.of("STOA_CONTROL_PLANE_URL", link.backendUrl()));
        assertThat(call().statusCode()).isEqualTo(403);
        HttpResponse<String> refused = call();
        assertThat(record(refused).text("rule")).isEqualTo("policy cp.acme.none-in");
    }
}
