package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.control.ControlFixture.Exchange;
import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The OpenAPI document beside the routes that are served and beside what is said over them. */
class ControlApiDocumentTest {
    @TempDir
    private Path folder;

    @Test
    void it_names_every_route_and_no_other_and_every_reference_leads_somewhere() throws Exception {
        try (ControlFixture control = ControlFixture.start(folder)) {
            JsonNode document = document(control);
            assertThat(document.path("openapi").asString()).startsWith("3.1.");
            Set<String> described = new TreeSet<>();
            document.path("paths")
                    .properties()
                    .forEach(path -> path.getValue()
                            .properties()
                            .forEach(method ->
                                    described.add(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey())));
            Set<String> served = new TreeSet<>();
            control.plane.operations().operations().forEach(each -> served.add(each.method() + " " + each.path()));
            assertThat(described).isEqualTo(served);
            Set<String> ids = new HashSet<>();
            document.path("paths")
                    .findValues("operationId")
                    .forEach(id ->
                            assertThat(ids.add(id.asString())).as(id.asString()).isTrue());
            for (JsonNode reference : document.findValues("$ref")) {
                String name = reference.asString().replace("#/components/schemas/", "");
                assertThat(document.path("components").path("schemas").has(name))
                        .as(name)
                        .isTrue();
            }
        }
    }

    private static JsonNode document(ControlFixture control) throws Exception {
        return control.call("GET", "/openapi.json", null, Map.of()).is(200).json();
    }

    @Test
    void every_answer_of_a_walk_through_the_api_is_one_that_it_describes() throws Exception {
        try (ControlFixture control = ControlFixture.start(folder)) {
            walk(control);
            JsonNode document = document(control);
            Set<String> seen = new TreeSet<>();
            for (Exchange exchange : List.copyOf(control.traffic)) {
                seen.add(check(document, exchange));
            }
            assertThat(seen).hasSizeGreaterThan(35);
        }
    }

    private static void walk(ControlFixture control) throws Exception {
        control.operator("PUT", "/v1/tenants/acme", Map.of("display_name", "Acme", "max_apis", 20))
                .is(200);
        control.operator("GET", "/v1/tenants", null).is(200);
        control.admin("acme", "GET", "/v1/tenants/acme/usage").is(200);
        String api = control.api("acme", "orders", "http://127.0.0.1:9");
        String one = "/v1/tenants/acme/apis/" + api;
        control.admin("acme", "PUT", one, Map.of("description", "Orders", "tags", List.of("a")))
                .is(200);
        control.admin("acme", "GET", one).is(200);
        control.admin("acme", "POST", one + "/publish").is(409);
        String plan = control.plan("acme", "gold", Map.of("name", "Gold", "daily_request_limit", 10));
        control.admin("acme", "GET", "/v1/plans/acme").is(200);
        control.admin("acme", "PUT", "/v1/plans/acme/" + plan, Map.of("rate_limit_per_second", 5))
                .is(200);
        String consumer = control.consumer("acme", "shop");
        control.admin("acme", "GET", "/v1/consumers/acme?status=active").is(200);
        Answer asked = control.subscribe("acme", api, plan, consumer).is(201);
        String subscription = "/v1/subscriptions/" + asked.text("id");
        control.admin("acme", "POST", subscription + "/approve", Map.of("reason", "known"))
                .is(200);
        control.admin("acme", "POST", subscription + "/rotate-key").is(200);
        control.admin("acme", "GET", subscription + "/rotation-info").is(200);
        control.admin("acme", "POST", subscription + "/ttl", Map.of("ttl_days", 14))
                .is(200);
        control.admin("acme", "POST", subscription + "/suspend").is(200);
        control.admin("acme", "POST", subscription + "/reactivate").is(200);
        control.admin("acme", "GET", "/v1/subscriptions").is(200);
        control.admin("acme", "GET", "/v1/subscriptions/stats").is(200);
        control.admin("acme", "POST", "/v1/consumers/acme/" + consumer + "/rotate")
                .is(200);
        control.admin(
                        "acme",
                        "POST",
                        "/v1/subscriptions/bulk",
                        Map.of("action", "revoke", "subscription_ids", List.of(asked.text("id"), "x")))
                .is(200);
        control.admin("acme", "POST", "/v1/consumers/acme/" + consumer + "/revoke")
                .is(200);
        Answer policy = control.admin(
                        "acme",
                        "POST",
                        "/v1/admin/policies",
                        Map.of(
                                "name",
                                "cors",
                                "policy_type",
                                "cors",
                                "config",
                                Map.of("allowed_origins", List.of("https://a.example"))))
                .is(201);
        String bindings = "/v1/admin/policies/" + policy.text("id") + "/bindings";
        control.admin("acme", "POST", bindings, Map.of("scope", "api", "api_id", api))
                .is(201);
        control.admin("acme", "GET", bindings).is(200);
        control.admin("acme", "GET", "/v1/admin/policies").is(200);
        control.admin("acme", "DELETE", "/v1/admin/policies/" + policy.text("id"))
                .is(409);
        leanWalk(control, api);
        control.admin("acme", "GET", "/v1/roles").is(200);
        control.admin("acme", "POST", "/v1/service-accounts", Map.of("name", "ci", "roles", List.of("viewer")))
                .is(201);
        control.admin("acme", "GET", "/v1/service-accounts").is(200);
        control.operator("POST", "/v1/revocations", Map.of("client_id", "bad")).is(201);
        control.operator("GET", "/v1/revocations", null).is(200);
        control.admin("acme", "GET", "/v1/audit/acme").is(200);
        control.admin("acme", "GET", "/v1/audit/acme/actions").is(200);
        control.admin("acme", "GET", "/v1/audit/acme/export/json").is(200);
        control.admin("acme", "GET", "/v1/audit/acme/export/csv").is(200);
        control.admin("acme", "GET", "/v1/audit/acme/verify").is(200);
        postureWalk(control);
        gatewayWalk(control);
        control.admin("acme", "POST", "/v1/plans/acme", "{").is(422);
        control.admin("acme", "GET", "/v1/plans/other").is(404);
        control.call("GET", "/v1/plans/acme", null, Map.of()).is(401);
        control.as(bulwark.gateway.permission.Role.VIEWER, "acme", "POST", "/v1/plans/acme", Map.of("slug", "x"))
                .is(403);
    }

    private static void postureWalk(ControlFixture control) throws Exception {
        control.admin("acme", "GET", "/v1/audit/acme/stats").is(200);
        control.admin("acme", "GET", "/v1/audit/acme/security").is(200);
        control.admin("acme", "GET", "/v1/audit/acme/isolation-test").is(200);
        control.admin("acme", "GET", "/v1/audit/acme/isolation-test?target_tenant=other")
                .is(403);
        control.operator("GET", "/v1/audit/global/summary", null).is(200);
        String all = "/v1/security/acme";
        Map<String, Object> finding = Map.of("id", "CVE-1", "severity", "high", "title", "a library", "resource", "x");
        control.admin("acme", "POST", all + "/ingest", Map.of("tool", "trivy", "findings", List.of(finding)))
                .is(201);
        control.admin("acme", "GET", all + "/scans").is(200);
        control.admin("acme", "GET", all + "/findings").is(200);
        control.admin("acme", "GET", all + "/score").is(200);
        control.admin("acme", "GET", all + "/drift").is(404);
        control.admin("acme", "POST", all + "/baseline").is(200);
        control.admin("acme", "GET", all + "/drift").is(200);
        control.admin("acme", "GET", all + "/secrets/health").is(200);
        control.admin("acme", "GET", all + "/token-binding").is(200);
        control.admin("acme", "GET", all + "/compliance/DORA").is(200);
    }

    private static void leanWalk(ControlFixture control, String api) throws Exception {
        String one = "/v1/tenants/acme/apis/" + api;
        control.admin("acme", "GET", "/v1/environments").is(200);
        control.admin("acme", "POST", one + "/promote", Map.of("environment", "staging"))
                .is(200);
        control.admin("acme", "POST", one + "/withdraw", Map.of("environment", "staging"))
                .is(200);
        Map<String, Object> document = Map.of(
                "openapi", "3.1.0", "info", Map.of("title", "x", "version", "1"), "paths", Map.of("/x", Map.of()));
        control.admin("acme", "PUT", one + "/openapi", Map.of("document", document))
                .is(200);
        control.admin("acme", "GET", one + "/openapi").is(200);
        control.admin("acme", "POST", "/v1/tenants/acme/tool-permissions", Map.of("tool", "t"))
                .is(201);
        control.admin("acme", "GET", "/v1/tenants/acme/tool-permissions").is(200);
        String hook = "/v1/tenants/acme/webhooks/"
                + control.admin(
                                "acme",
                                "POST",
                                "/v1/tenants/acme/webhooks",
                                Map.of("name", "hook", "url", "http://127.0.0.1:9/", "events", List.of("x")))
                        .is(201)
                        .text("id");
        control.admin("acme", "GET", "/v1/tenants/acme/webhooks").is(200);
        control.admin("acme", "GET", hook + "/deliveries").is(200);
        control.admin("acme", "DELETE", hook).is(204);
        control.admin("acme", "GET", "/v1/tenants/acme/export").is(200);
        control.admin("acme", "GET", "/v1/consumers/acme/export/csv").is(200);
        control.operator("POST", "/v1/tenants/acme/import", Map.of("format", "x"))
                .is(422);
        control.operator("DELETE", "/v1/audit/users/nobody/pii", null).is(200);
    }

    private static void gatewayWalk(ControlFixture control) throws Exception {
        Answer gateway = control.operator("POST", "/v1/admin/gateways", Map.of("name", "edge"))
                .is(201);
        Map<String, String> key = Map.of("X-Gateway-Key", gateway.text("gateway_key"));
        String internal = "/v1/internal/gateways/";
        String id = gateway.text("id");
        control.call("POST", internal + "register", Map.of("hostname", "edge-1", "mode", "edge-mcp"), key)
                .is(201);
        control.call("GET", internal + id + "/snapshot", null, key).is(200);
        long generation = control.operator("GET", "/v1/admin/gateways/" + id, null)
                .json()
                .path("desired_generation")
                .asLong();
        control.call("GET", internal + id + "/snapshot?after=" + generation, null, key)
                .is(204);
        control.call("POST", internal + id + "/heartbeat", Map.of("uptime_seconds", 1, "generation", generation), key)
                .is(204);
        control.call(
                        "POST",
                        internal + id + "/route-sync-ack",
                        Map.of("generation", generation, "status", "applied"),
                        key)
                .is(204);
        control.call("POST", "/v1/subscriptions/validate-key", Map.of("api_key", "stoa_sk_x"), key)
                .is(200);
        assertThat(control.operator("GET", "/v1/admin/gateways", null)
                        .is(200)
                        .json()
                        .path("items")
                        .get(0)
                        .path("sync_status")
                        .asString())
                .isEqualTo("synced");
        control.operator("POST", "/v1/admin/gateways/" + id + "/rotate-key", null)
                .is(200);
        control.operator("DELETE", "/v1/admin/gateways/" + id, null).is(204);
        control.call("POST", internal + id + "/heartbeat", Map.of(), key).is(401);
    }

    /** @return the operation, for counting */
    private static String check(JsonNode document, Exchange exchange) {
        String path = exchange.path().split("\\?")[0];
        String method = exchange.method().toLowerCase(Locale.ROOT);
        String template = document.path("paths").properties().stream()
                .filter(each -> each.getValue().has(method))
                .map(Map.Entry::getKey)
                .filter(each -> Pattern.matches(each.replaceAll("\\{[a-z]+}", "[^/]+"), path))
                .min((a, b) -> Integer.compare(parameters(a), parameters(b)))
                .orElseThrow(() -> new AssertionError("no operation for " + method + " " + path));
        String what = method + " " + template + " " + exchange.answer().statusCode();
        JsonNode responses = document.path("paths").path(template).path(method).path("responses");
        JsonNode response = responses.path(Integer.toString(exchange.answer().statusCode()));
        assertThat(response.isObject()).as("%s is described", what).isTrue();
        JsonNode schema = response.path("content").path("application/json").path("schema");
        if (schema.isObject()) {
            JsonNode body = StrictJson.parse(exchange.answer().body().getBytes(StandardCharsets.UTF_8));
            List<String> faults = new ArrayList<>();
            validate(document, schema, body, what, faults);
            assertThat(faults).isEmpty();
        }
        return method + " " + template;
    }

    private static int parameters(String template) {
        return template.length() - template.replace("{", "").length();
    }

    private static void validate(
            JsonNode document, JsonNode schema, JsonNode value, String where, List<String> faults) {
        if (schema.has("$ref")) {
            String name = schema.path("$ref").asString().replace("#/components/schemas/", "");
            validate(document, document.path("components").path("schemas").path(name), value, where, faults);
            return;
        }
        String type = schema.path("type").asString();
        boolean fits = switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> value.isString();
        };
        if (!fits) {
            faults.add(where + " is no " + type + ": " + value);
            return;
        }
        if (value.isString()
                && schema.has("enum")
                && schema.path("enum").valueStream().noneMatch(value::equals)) {
            faults.add(where + " is none of " + schema.path("enum") + ": " + value);
        }
        if (value.isString()
                && schema.path("maxLength").asInt(Integer.MAX_VALUE)
                        < value.stringValue().length()) {
            faults.add(where + " is too long");
        }
        if (value.isArray()) {
            value.forEach(element -> validate(document, schema.path("items"), element, where + "[]", faults));
        }
        if (value.isObject() && schema.has("properties")) {
            value.properties().forEach(member -> {
                JsonNode known = schema.path("properties").path(member.getKey());
                if (known.isObject()) {
                    validate(document, known, member.getValue(), where + "." + member.getKey(), faults);
                } else {
                    faults.add(where + "." + member.getKey() + " is not described");
                }
            });
            schema.path("required").forEach(name -> {
                if (!value.has(name.asString())) {
                    faults.add(where + "." + name.asString() + " is missing");
                }
            });
        }
    }
}
