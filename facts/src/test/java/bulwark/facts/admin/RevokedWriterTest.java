package bulwark.facts.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.GivenRequest;
import bulwark.kernel.access.ApiKeys.Verdict;
import bulwark.kernel.access.Principal;
import bulwark.web.ApiRefusal;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A request that passed the edge before its key was revoked, and comes to its write afterwards: the answered revocation wins. The
 * handler is called with the principal that the edge had found.
 */
@Timeout(60)
class RevokedWriterTest {
    private static final String TOKENS = "/v1/federation/capability-tokens";

    @TempDir
    Path directory;

    private AdminFixture node;
    private Principal caller;
    private String keyId;

    @BeforeEach
    void open() {
        node = new AdminFixture(directory);
        String minted = new String(
                node.call(GivenRequest.of("POST", "/v1/admin/api-keys")
                                .as("agent:admin", "admin")
                                .json("{\"entity_uri\":\"agent:w\",\"permissions\":[\"read\",\"write\"]}"))
                        .body(),
                java.nio.charset.StandardCharsets.UTF_8);
        String raw = minted.replaceAll(".*\"key\":\"([^\"]*)\".*", "$1");
        caller = ((Verdict.Known) node.keys.authenticate(raw)).principal();
        keyId = String.valueOf(caller.keyId());
    }

    @AfterEach
    void close() {
        node.close();
    }

    private GivenRequest request(String method, String path) {
        GivenRequest base = GivenRequest.of(method, path);
        return new GivenRequest(
                method, path, base.pathParameters(), base.queries(), base.headers(), base.body(), caller);
    }

    private void revoke() {
        int status = node.call(
                        "/v1/auth/keys/{id}",
                        GivenRequest.of("DELETE", "/v1/auth/keys/" + keyId)
                                .as("agent:admin", "admin", "read", "write")
                                .parameter("id", keyId))
                .status();
        assertThat(status).isEqualTo(204);
    }

    private void refused(String template, GivenRequest request) {
        assertThatThrownBy(() -> node.call(template, request))
                .as(request.method() + " " + template)
                .isInstanceOfSatisfying(
                        ApiRefusal.class, e -> assertThat(e.code()).isEqualTo("key_revoked"));
    }

    @Test
    void gardens_and_their_members_stay_as_they_are() {
        GivenRequest create = request("POST", "/v1/gardens").json("{\"slug\":\"rose\",\"name\":\"Rose\"}");
        assertThat(node.call(create).status()).isEqualTo(201);
        revoke();
        refused("/v1/gardens", request("POST", "/v1/gardens").json("{\"slug\":\"iris\",\"name\":\"Iris\"}"));
        GivenRequest member = request("POST", "/v1/gardens/rose/members").parameter("garden", "rose");
        refused("/v1/gardens/{garden}/members", member.json("{\"entity_uri\":\"agent:x\",\"role\":\"writer\"}"));
        GivenRequest self = request("PATCH", "/v1/gardens/rose/members/agent:w")
                .parameter("garden", "rose")
                .parameter("uri", "agent:w");
        refused("/v1/gardens/{garden}/members/{uri+}", self.json("{\"role\":\"admin\"}"));
        refused(
                "/v1/gardens/{garden}/members/{uri+}",
                request("DELETE", "/v1/gardens/rose/members/agent:w")
                        .parameter("garden", "rose")
                        .parameter("uri", "agent:w"));
        refused("/v1/gardens/{garden}", request("DELETE", "/v1/gardens/rose").parameter("garden", "rose"));
        assertThat(node.evidence()).noneMatch(row -> row.detail().contains("iris"));
    }

    @Test
    void capability_tokens_are_neither_issued_nor_revoked() {
        revoke();
        refused(
                TOKENS,
                request("POST", TOKENS)
                        .json(
                                "{\"issuer\":\"agent:w\",\"subject\":\"agent:w\",\"verb\":\"read\",\"object\":\"stigmem://facts\"}"));
        refused(TOKENS + "/{id}/revoke", request("POST", TOKENS + "/t/revoke").parameter("id", "t"));
    }

    @Test
    void facts_are_not_written() {
        revoke();
        refused(
                "/v1/facts",
                request("POST", "/v1/facts").json("{\"entity\":\"user:a\",\"relation\":\"memory:x\",\"value\":\"1\"}"));
    }
}
