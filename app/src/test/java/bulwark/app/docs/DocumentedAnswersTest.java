package bulwark.app.docs;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.node.FactsNode;
import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A running node answers in the forms that the API document gives. */
class DocumentedAnswersTest {
    private static final String KEY = "an-admin-key-of-this-test-0123456789abcdef";
    private static final String ENTITY = "stigmem://demo/team/blue";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Set<String> called = new TreeSet<>();
    private String key = KEY;
    private Object document;
    private FactsNode node;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws IOException {
        document = parse(Files.readString(SharedMaterial.repository().resolve("docs/api/facts.yaml")));
        node = FactsNode.start(
                Map.of("STIGMEM_PORT", "0", "STIGMEM_ADMIN_KEY", KEY, "STIGMEM_RATE_LIMIT_OPEN_PER_SECOND", "0"),
                folder,
                Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        node.close();
        http.close();
    }

    @Test
    void every_route_answers_as_its_document_says() throws Exception {
        open();
        facts();
        gardens();
        keys();
        capabilities();
        audit();
        Set<String> documented = new TreeSet<>();
        ((Map<?, ?>) SchemaCheck.at(document, "#/paths"))
                .forEach((path, item) ->
                        ((Map<?, ?>) item).keySet().forEach(method -> documented.add(method + " " + path)));
        documented.remove("get /metrics");
        assertThat(called).isEqualTo(documented);
    }

    @Test
    void refusals_have_the_documented_forms() throws Exception {
        ask(404, "GET", "/v1/facts/{id}", "/v1/facts/none", null);
        ask(422, "POST", "/v1/facts", "/v1/facts", "{\"entity\":1}");
        ask(422, "POST", "/v1/recall", "/v1/recall", "no json");
        ask(400, "GET", "/v1/facts", "/v1/facts?after=yesterday", null);
        ask(501, "GET", "/v1/facts", "/v1/facts?as_of=2026-01-01T00:00:00Z", null);
        ask(403, "POST", "/v1/facts", "/v1/facts", fact("tea", "system:x"));
        HttpResponse<String> stranger = send("GET", "/v1/facts", null, false);
        check(401, "get", "/v1/facts", stranger);
    }

    private void open() throws Exception {
        ask(200, "GET", "/healthz", "/healthz", null);
        ask(200, "GET", "/.well-known/stigmem", "/.well-known/stigmem", null);
        ask(200, "GET", "/.well-known/stigmem-manifest.json", "/.well-known/stigmem-manifest.json", null);
        ask(200, "GET", "/.well-known/stigmem-manifest-proof.json", "/.well-known/stigmem-manifest-proof.json", null);
        ask(200, "GET", "/v1/me", "/v1/me", null);
    }

    private void facts() throws Exception {
        Object first = ask(201, "POST", "/v1/facts", "/v1/facts", fact("tea", "agent:one"));
        ask(201, "POST", "/v1/facts", "/v1/facts", fact("coffee", "agent:two"));
        String id = text(first, "id");
        ask(200, "GET", "/v1/facts", "/v1/facts?contradiction=all", null);
        ask(200, "GET", "/v1/facts/{id}", "/v1/facts/" + id, null);
        ask(200, "GET", "/v1/facts/{id}/provenance", "/v1/facts/" + id + "/provenance", null);
        ask(200, "POST", "/v1/facts/{id}/verify-cid", "/v1/facts/" + id + "/verify-cid", null);
        ask(200, "GET", "/v1/admin/cid-backfill/status", "/v1/admin/cid-backfill/status", null);
        Object page = ask(200, "GET", "/v1/conflicts", "/v1/conflicts", null);
        String conflict = text(((List<?>) ((Map<?, ?>) page).get("conflicts")).getFirst(), "conflict_id");
        ask(
                200,
                "POST",
                "/v1/conflicts/{id}/resolve",
                "/v1/conflicts/" + conflict + "/resolve",
                "{\"winning_fact_id\":\"" + id + "\"}");
        String link = "{\"entity\":\"" + ENTITY
                + "\",\"relation\":\"rel:knows\",\"value\":{\"type\":\"ref\",\"v\":\"stigmem://demo/team/red\"}}";
        ask(201, "POST", "/v1/facts", "/v1/facts", link);
        ask(200, "POST", "/v1/recall", "/v1/recall", "{\"query\":\"tea\"}");
        String neighbours = "/v1/graph/neighbors?scope=local&entity=" + encoded(ENTITY);
        ask(200, "GET", "/v1/graph/neighbors", neighbours, null);
    }

    private void gardens() throws Exception {
        String members = "/v1/gardens/{garden}/members";
        ask(201, "POST", "/v1/gardens", "/v1/gardens", "{\"slug\":\"herbs\",\"name\":\"Herbs\"}");
        ask(200, "GET", "/v1/gardens", "/v1/gardens", null);
        ask(200, "GET", "/v1/gardens/{garden}", "/v1/gardens/herbs", null);
        ask(201, "POST", members, "/v1/gardens/herbs/members", "{\"entity_uri\":\"agent:one\"}");
        ask(200, "GET", members, "/v1/gardens/herbs/members", null);
        String member = "/v1/gardens/herbs/members/agent:one";
        ask(200, "PATCH", members + "/{uri}", member, "{\"role\":\"writer\"}");
        ask(204, "DELETE", members + "/{uri}", member, null);
        ask(204, "DELETE", "/v1/gardens/{garden}", "/v1/gardens/herbs", null);
    }

    private void keys() throws Exception {
        String draft = "\"entity_uri\":\"agent:one\",\"permissions\":[\"read\"],\"scopes\":[\"local\"]";
        Object minted = ask(201, "POST", "/v1/admin/api-keys", "/v1/admin/api-keys", "{" + draft + "}");
        ask(201, "POST", "/v1/admin/keys", "/v1/admin/keys", "{\"label\":\"two\"}");
        String raw = "{" + draft + ",\"raw_key\":\"another-key-of-this-test-0123456789abcdef\"}";
        Object registered = ask(201, "POST", "/v1/auth/keys", "/v1/auth/keys", raw);
        ask(200, "GET", "/v1/admin/api-keys", "/v1/admin/api-keys", null);
        ask(200, "GET", "/v1/auth/keys", "/v1/auth/keys", null);
        ask(200, "GET", "/v1/auth/keys/expiring-soon", "/v1/auth/keys/expiring-soon?within_days=365", null);
        ask(204, "DELETE", "/v1/admin/api-keys/{id}", "/v1/admin/api-keys/" + text(minted, "id"), null);
        ask(204, "DELETE", "/v1/auth/keys/{id}", "/v1/auth/keys/" + text(registered, "id"), null);
    }

    private void capabilities() throws Exception {
        String base = "/v1/federation/capability-tokens";
        Object manifest = parse(
                send("GET", "/.well-known/stigmem-manifest.json", null, true).body());
        String issuer = text(manifest, "entity_uri");
        String grant = "{\"issuer\":\"" + issuer
                + "\",\"subject\":\"agent:two\",\"verb\":\"read\",\"object\":\"stigmem://facts\"}";
        Map<?, ?> token = (Map<?, ?>) ask(201, "POST", base, base, grant);
        String quoted = text(token, "token_json").replace("\\", "\\\\").replace("\"", "\\\"");
        ask(200, "POST", base + "/verify", base + "/verify", "{\"token_json\":\"" + quoted + "\"}");
        ask(200, "POST", base + "/{id}/revoke", base + "/" + text(token, "token_id") + "/revoke", "{}");
        ask(200, "GET", "/v1/federation/manifest/{uri}", "/v1/federation/manifest/" + encoded(issuer), null);
    }

    private void audit() throws Exception {
        String draft = "{\"entity_uri\":\"agent:auditor\",\"permissions\":[\"audit.read\"]}";
        key = text(ask(201, "POST", "/v1/admin/api-keys", "/v1/admin/api-keys", draft), "key");
        ask(200, "GET", "/v1/admin/audit", "/v1/admin/audit?limit=1000", null);
    }

    private Object ask(int status, String method, String template, String target, String body) throws Exception {
        called.add(method.toLowerCase(Locale.ROOT) + " " + template);
        return check(status, method.toLowerCase(Locale.ROOT), template, send(method, target, body, true));
    }

    private Object check(int status, String method, String template, HttpResponse<String> answer) {
        String what = method + " " + template;
        assertThat(answer.statusCode()).as(what + " " + answer.body()).isEqualTo(status);
        Map<?, ?> operation =
                (Map<?, ?>) ((Map<?, ?>) ((Map<?, ?>) SchemaCheck.at(document, "#/paths")).get(template)).get(method);
        Map<?, ?> response = (Map<?, ?>) ((Map<?, ?>) operation.get("responses")).get(Integer.toString(status));
        assertThat(response).as(what + " documents " + status).isNotNull();
        if (response.get("$ref") instanceof String reference) {
            response = (Map<?, ?>) SchemaCheck.at(document, reference);
        }
        if (response.get("content") == null) {
            assertThat(answer.body()).as(what).isEmpty();
            return Map.of();
        }
        Object schema = ((Map<?, ?>) ((Map<?, ?>) response.get("content")).get("application/json")).get("schema");
        Object value = parse(answer.body());
        assertThat(SchemaCheck.faults(document, schema, value)).as(what).isEmpty();
        return value;
    }

    private HttpResponse<String> send(String method, String target, String body, boolean withKey)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + target))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (withKey) {
            request.header("Authorization", "Bearer " + key);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String fact(String value, String source) {
        return "{\"entity\":\"" + ENTITY + "\",\"relation\":\"memory:prefers\",\"value\":\"" + value
                + "\",\"source\":\"" + source + "\"}";
    }

    private static String text(Object map, String member) {
        return String.valueOf(((Map<?, ?>) map).get(member));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Object parse(String yaml) {
        return new Load(LoadSettings.builder().build()).loadFromString(yaml);
    }
}
