package bulwark.facts.admin;

import static bulwark.facts.admin.AdminFixture.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.FactsFixture;
import bulwark.facts.GivenRequest;
import bulwark.kernel.access.ApiKeys.Verdict;
import bulwark.kernel.access.Principal;
import bulwark.web.ApiRefusal;
import bulwark.web.FieldError;
import bulwark.web.FieldsRefused;
import bulwark.web.Headers;
import bulwark.web.Response;
import bulwark.web.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class KeyRoutesTest {
    private static final String RAW = "7c1e9b5a40d24f3c8e6b1a90f7d3c2e57c1e9b5a40d24f3c8e6b1a90f7d3c2e5";

    @TempDir
    Path directory;

    private AdminFixture node;

    @BeforeEach
    void open() {
        node = new AdminFixture(directory);
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void a_minted_key_is_shown_once_and_works() {
        Response response = mint("{\"entity_uri\":\"stigmem://org/siem\",\"permissions\":[\"audit.read\"]}");
        assertThat(response.status()).isEqualTo(201);
        assertThat(response.headers().all("Cache-Control")).containsExactly("no-store");
        JsonNode answer = json(response);
        assertThat(answer.propertyNames())
                .containsExactly(
                        "id",
                        "key",
                        "entity_uri",
                        "permissions",
                        "description",
                        "created_at",
                        "expires_at",
                        "tenant_id");
        assertThat(answer.get("key").stringValue()).matches("[0-9a-f]{64}");
        assertThat(answer.get("expires_at").stringValue()).isEqualTo("2026-04-01T00:00:00.000000+00:00");
        Verdict verdict = node.keys.authenticate(answer.get("key").stringValue());
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Known.class,
                        k -> assertThat(k.principal().permissions()).containsExactly("audit.read"));
    }

    @Test
    void a_key_can_be_bound_to_a_certificate_or_a_name_at_its_birth_and_to_nothing_else() {
        String fingerprint = "AB:".repeat(31) + "CD";
        JsonNode answer = json(mint("{\"entity_uri\":\"agent:x\",\"bound_to\":\"" + fingerprint + "\"}"));
        assertThat(answer.get("bound_to").stringValue()).isEqualTo("ab".repeat(31) + "cd");
        assertThat(node.keys.authenticate(answer.get("key").stringValue()))
                .isInstanceOfSatisfying(
                        Verdict.Known.class, k -> assertThat(k.boundTo()).isEqualTo("ab".repeat(31) + "cd"));
        assertThat(node.evidence())
                .singleElement()
                .satisfies(row -> assertThat(row.detail()).contains("\"bound_to\":\"abab"));
        assertThat(json(mint("{\"entity_uri\":\"agent:x\",\"bound_to\":\"stigmem://node.example/a\"}"))
                        .get("bound_to")
                        .stringValue())
                .isEqualTo("stigmem://node.example/a");
        assertThatThrownBy(() -> mint("{\"entity_uri\":\"agent:x\",\"bound_to\":\"everybody\"}"))
                .hasMessageContaining("bound_to");
    }

    @Test
    void minting_leaves_evidence_without_the_key() {
        JsonNode answer = json(mint("{\"entity_uri\":\"agent:x\"}"));
        assertThat(node.evidence()).singleElement().satisfies(row -> {
            assertThat(row.type()).isEqualTo("admin_action");
            assertThat(row.actor()).isEqualTo("agent:admin");
            String id = answer.get("id").stringValue();
            assertThat(row.detail()).containsPattern("\"row_digests\":\\{\"api_keys/" + id + "\":\"[0-9a-f]{64}\"},");
            assertThat(row.detail().replaceFirst("\"row_digests\":\\{[^}]*},", ""))
                    .isEqualTo("{\"action\":\"api_key_register\",\"has_expiry\":true,\"new_key_id\":\""
                            + id
                            + "\",\"permissions\":[\"read\",\"write\"],\"target_entity_uri\":\"agent:x\"}");
        });
    }

    @Test
    void the_labelled_form_mints_a_key_too() {
        Response response = node.call(admin("POST", "/v1/admin/keys").json("{\"label\":\"ci\",\"scopes\":[\"read\"]}"));
        assertThat(json(response).get("entity_uri").stringValue()).isEqualTo("agent:ci");
        assertThat(json(response).get("permissions").toString()).isEqualTo("[\"read\"]");
    }

    @Test
    void a_registered_key_is_never_repeated() {
        Response response = register(
                "{\"raw_key\":\"" + RAW + "\",\"entity_uri\":\"agent:x\",\"permissions\":[\"write\",\"read\"]}");
        assertThat(response.status()).isEqualTo(201);
        assertThat(json(response).propertyNames())
                .containsExactly(
                        "id", "entity_uri", "permissions", "description", "created_at", "expires_at", "tenant_id");
        assertThat(json(response).get("permissions").toString()).isEqualTo("[\"read\",\"write\"]");
        assertThat(node.keys.authenticate(RAW)).isInstanceOf(Verdict.Known.class);
        refused(
                409,
                "raw_key already exists; generate a new key value",
                () -> register("{\"raw_key\":\"" + RAW + "\",\"entity_uri\":\"agent:x\"}"));
    }

    @Test
    void bad_fields_are_named_without_repeating_the_key() {
        assertThatThrownBy(() -> register("{\"raw_key\":\"hush\"}")).isInstanceOfSatisfying(FieldsRefused.class, e -> {
            assertThat(e.errors()).extracting(FieldError::code).containsExactly("text_too_short", "required");
            assertThat(e.errors().toString()).doesNotContain("hush");
        });
        assertThatThrownBy(() -> mint("{\"entity_uri\":\"\",\"permissions\":\"read\",\"expires_at\":\"tomorrow\"}"))
                .isInstanceOfSatisfying(
                        FieldsRefused.class,
                        e -> assertThat(e.errors())
                                .extracting(FieldError::code)
                                .containsExactly("text_too_short", "not_list", "invalid"));
    }

    @Test
    void a_misspelt_limit_makes_no_key_without_one() {
        assertThatThrownBy(() -> register("{\"raw_key\":\"" + RAW + "\",\"entity_uri\":\"agent:x\",\"bound_too\":\""
                        + "ab".repeat(32) + "\"}"))
                .isInstanceOfSatisfying(FieldsRefused.class, e -> {
                    assertThat(e.errors()).extracting(FieldError::code).containsExactly("unknown");
                    assertThat(e.errors().toString()).contains("bound_too").doesNotContain("abab");
                });
        assertThatThrownBy(() -> node.call(admin("POST", "/v1/admin/keys")
                        .json("{\"label\":\"ci\",\"expires_at\":\"2027-01-01T00:00:00Z\"}")))
                .isInstanceOf(FieldsRefused.class);
        assertThat(node.keys.authenticate(RAW)).isNotInstanceOf(Verdict.Known.class);
    }

    @Test
    void permissions_must_exist() {
        refused(
                400,
                "unknown permissions: ['fly', 'root']; allowed: ['admin', 'admin:federation', 'audit.read', 'federate',"
                        + " 'instruction:write', 'read', 'source:any', 'write']",
                () -> mint("{\"entity_uri\":\"a\",\"permissions\":[\"root\",\"read\",\"fly\"]}"));
        refused(400, "permissions list must be non-empty", () -> mint("{\"entity_uri\":\"a\",\"permissions\":[]}"));
    }

    @Test
    void a_keys_expiry_must_lie_between_now_and_the_maximum_age() {
        refused(
                400,
                "expires_at exceeds configured static API key max age (90 days)",
                () -> mint("{\"entity_uri\":\"a\",\"expires_at\":\"2026-04-01T00:00:01+00:00\"}"));
        refused(
                400,
                "expires_at must be in the future",
                () -> mint("{\"entity_uri\":\"a\",\"expires_at\":\"2025-12-31T00:00:00Z\"}"));
        assertThat(json(mint("{\"entity_uri\":\"a\",\"expires_at\":\"2026-02-01T01:00:00\"}"))
                        .get("expires_at")
                        .stringValue())
                .isEqualTo("2026-02-01T01:00:00.000000+00:00");
    }

    @Test
    void other_tenants_are_refused() {
        refused(
                400,
                "tenant_id must be 'default': this node has one tenant",
                () -> mint("{\"entity_uri\":\"a\",\"tenant_id\":\"other\"}"));
    }

    @Test
    void callers_list_and_revoke_their_own_keys_only() {
        String id = json(mint("{\"entity_uri\":\"agent:x\"}")).get("id").stringValue();
        JsonNode own = json(node.call(GivenRequest.of("GET", "/v1/auth/keys").as("agent:x", "read")));
        assertThat(own).hasSize(1);
        assertThat(own.get(0).propertyNames())
                .containsExactly(
                        "id", "entity_uri", "permissions", "description", "created_at", "expires_at", "oidc_sub");
        assertThat(json(node.call(GivenRequest.of("GET", "/v1/auth/keys").as("agent:y"))))
                .isEmpty();
        refused(403, "Cannot revoke another entity's key", () -> revoke("agent:y", id, "read"));
        refused(404, "Key not found", () -> revoke("agent:x", "nope", "read"));
        assertThat(revoke("agent:x", id, "read", "write").status()).isEqualTo(204);
        refused(404, "Key not found", () -> revoke("agent:x", id, "read", "write"));
        assertThat(node.evidence().getLast().detail()).contains("\"action\":\"api_key_revoke\"", id);
    }

    @Test
    void revoking_takes_rank_or_the_key_itself() {
        String writer = idOf("{\"entity_uri\":\"agent:x\"}");
        String reader = idOf("{\"entity_uri\":\"agent:x\",\"permissions\":[\"read\"]}");
        String boss = idOf("{\"entity_uri\":\"agent:x\",\"permissions\":[\"admin\",\"read\",\"write\"]}");
        outranked(() -> revoke("agent:x", writer, "read"));
        outranked(() -> revoke("agent:x", reader, "read"));
        outranked(() -> revoke("agent:x", boss, "read", "write"));
        outranked(() -> revoke("agent:y", boss, "admin", "read"));
        Principal itself = new Principal("agent:x", "default", Set.of("read"), reader);
        assertThat(node.call("/v1/auth/keys/{id}", deleteBy(itself, reader)).status())
                .isEqualTo(204);
        assertThat(revoke("agent:y", writer, "admin").status()).isEqualTo(204);
        assertThat(revoke("agent:y", boss, "admin", "read", "write").status()).isEqualTo(204);
        node.audit.flush();
        assertThat(node.metrics.scrape()).contains("stigmem_refused_total{code=\"key_outranks_caller\"} 4");
    }

    @Test
    void the_labelled_form_limits_a_key_to_scopes_of_facts() {
        JsonNode answer = json(node.call(
                admin("POST", "/v1/admin/keys").json("{\"label\":\"pentest\",\"scopes\":[\"public\",\"team\"]}")));
        assertThat(answer.get("scopes").toString()).isEqualTo("[\"public\",\"team\"]");
        assertThat(answer.get("permissions").toString()).isEqualTo("[\"read\",\"write\"]");
        assertThat(node.keys.authenticate(answer.get("key").stringValue()))
                .isInstanceOfSatisfying(
                        Verdict.Known.class,
                        known -> assertThat(known.principal().scopes()).containsExactlyInAnyOrder("public", "team"));
        assertThat(node.evidence().getLast().detail()).contains("\"scopes\":[\"public\",\"team\"]");
        JsonNode listed = json(node.call(admin("GET", "/v1/admin/api-keys")));
        assertThat(listed.get(0).get("scopes")).hasSize(2);
    }

    @Test
    void a_limit_must_be_one_that_exists_and_no_wider_than_its_givers() {
        assertThatThrownBy(() -> mint("{\"entity_uri\":\"a\",\"scopes\":[\"galaxy\"]}"))
                .isInstanceOfSatisfying(
                        FieldsRefused.class,
                        e -> assertThat(e.errors().toString()).contains("scopes"));
        assertThatThrownBy(
                        () -> mint("{\"entity_uri\":\"a\",\"permissions\":[\"audit.read\"],\"scopes\":[\"public\"]}"))
                .isInstanceOf(FieldsRefused.class);
        Principal limited = new Principal("agent:l", "default", Set.of("admin"), null, Set.of("public"));
        GivenRequest base = admin("POST", "/v1/admin/api-keys").json("{\"entity_uri\":\"agent:m\"}");
        GivenRequest unlimited =
                new GivenRequest(base.method(), base.path(), Map.of(), Map.of(), Headers.NONE, base.body(), limited);
        assertThatThrownBy(() -> node.call(unlimited))
                .isInstanceOfSatisfying(
                        ApiRefusal.class, e -> assertThat(e.code()).isEqualTo("scope_not_granted"));
    }

    private String idOf(String body) {
        return json(mint(body)).get("id").stringValue();
    }

    private static GivenRequest deleteBy(Principal caller, String id) {
        GivenRequest base = GivenRequest.of("DELETE", "/v1/auth/keys/" + id).parameter("id", id);
        return new GivenRequest(
                base.method(), base.path(), base.pathParameters(), Map.of(), Headers.NONE, new byte[0], caller);
    }

    private static void outranked(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ApiRefusal.class, e -> assertThat(e.code()).isEqualTo("key_outranks_caller"));
    }

    @Test
    void an_admin_lists_and_revokes_every_key() {
        JsonNode minted = json(mint("{\"entity_uri\":\"agent:x\"}"));
        String id = minted.get("id").stringValue();
        String raw = minted.get("key").stringValue();
        assertThat(node.keys.authenticate(raw)).isInstanceOf(Verdict.Known.class);
        JsonNode all = json(node.call(admin("GET", "/v1/admin/api-keys")));
        assertThat(all.get(0).get("tenant_id").stringValue()).isEqualTo("default");
        assertThat(node.call(
                                "/v1/admin/api-keys/{id}",
                                admin("DELETE", "/v1/admin/api-keys/" + id).parameter("id", id))
                        .status())
                .isEqualTo(204);
        assertThat(node.keys.authenticate(raw)).isInstanceOf(Verdict.Unknown.class);
        String other = json(mint("{\"entity_uri\":\"agent:x\"}")).get("id").stringValue();
        assertThat(revoke("agent:boss", other, "admin").status()).isEqualTo(204);
        assertThat(json(node.call(admin("GET", "/v1/admin/api-keys")))).isEmpty();
    }

    @Test
    void keys_that_expire_soon_are_listed_with_the_days_left() {
        mint("{\"entity_uri\":\"agent:x\",\"expires_at\":\"2026-01-11T12:00:00Z\"}");
        mint("{\"entity_uri\":\"agent:y\"}");
        JsonNode soon = json(node.call(admin("GET", "/v1/auth/keys/expiring-soon")));
        assertThat(soon).hasSize(1);
        assertThat(soon.get(0).get("days_remaining").intValue()).isEqualTo(10);
        assertThat(json(node.call(admin("GET", "/v1/auth/keys/expiring-soon").query("within_days", "90"))))
                .hasSize(2);
        assertThatThrownBy(() ->
                        node.call(admin("GET", "/v1/auth/keys/expiring-soon").query("within_days", "366")))
                .isInstanceOf(FieldsRefused.class);
    }

    @Test
    void expired_keys_leave_the_lists() {
        mint("{\"entity_uri\":\"agent:x\"}");
        node.clock.advance(Duration.ofDays(90));
        assertThat(json(node.call(admin("GET", "/v1/admin/api-keys")))).isEmpty();
        assertThat(json(node.call(admin("GET", "/v1/admin/api-keys").query("include_expired", "true"))))
                .hasSize(1);
    }

    @Test
    void me_returns_the_callers_identity() {
        Response response = node.call(GivenRequest.of("GET", "/v1/me").as("agent:x", "write", "read"));
        assertThat(json(response))
                .hasToString(
                        "{\"entity_uri\":\"agent:x\",\"permissions\":[\"read\",\"write\"],\"oidc_sub\":null,\"tenant_id\":\"default\"}");
    }

    @Test
    void every_route_declares_permission_and_quota() {
        assertThat(node.route("POST", "/v1/admin/api-keys").access()).isEqualTo(new Route.Access.Permission("admin"));
        assertThat(node.route("POST", "/v1/admin/api-keys").dimension()).isEqualTo("admin_action");
        assertThat(node.route("POST", "/v1/auth/keys").access()).isEqualTo(new Route.Access.Permission("admin"));
        assertThat(node.route("GET", "/v1/admin/audit").access()).isEqualTo(new Route.Access.Permission("audit.read"));
        assertThat(node.route("GET", "/v1/admin/audit").dimension()).isEqualTo("audit_export");
        assertThat(node.route("POST", "/local/auth/reissue-admin").network()).isFalse();
    }

    private Response mint(String body) {
        return node.call(admin("POST", "/v1/admin/api-keys").json(body));
    }

    private Response register(String body) {
        return node.call(admin("POST", "/v1/auth/keys").json(body));
    }

    private Response revoke(String entity, String id, String... permissions) {
        return node.call(
                "/v1/auth/keys/{id}",
                GivenRequest.of("DELETE", "/v1/auth/keys/" + id)
                        .as(entity, permissions)
                        .parameter("id", id));
    }

    private static GivenRequest admin(String method, String path) {
        return GivenRequest.of(method, path).as("agent:admin", "admin");
    }

    private static void refused(
            int status, String sentence, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ApiRefusal.class,
                        e -> assertThat(FactsFixture.status(e)).isEqualTo(status))
                .hasMessage(sentence);
    }
}
