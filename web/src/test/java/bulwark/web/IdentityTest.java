package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.quota.Quotas;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import bulwark.testkit.WireSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class IdentityTest {
    private static final String READER = "a reader's key, long enough";
    private static final String NOBODY = "a key that nobody has";

    @TempDir
    private Path directory;

    private final TestService part = new TestService();
    private final Edge edge = Edge.create();
    private Store store;
    private ApiKeys keys;
    private int port;

    @BeforeEach
    void listen() {
        store = Store.open(
                directory.resolve("test.db"), Migrations.of(ApiKeys.MIGRATIONS), Store.SchemaPolicy.CREATE_OR_UPGRADE);
        keys = ApiKeys.open(store, Clock.systemUTC(), Duration.ZERO);
        ApiKeys.Prepared prepared = keys.prepare(SecretBytes.ofText(READER));
        store.write(tx ->
                keys.insert(tx, prepared, new ApiKeys.NewKey("agent:reader", Set.of("read"), null, "default", null)));
        part.keys = keys;
        part.quotas = Quotas.of(Map.of("small", new Quotas.Limit(2, 0.001)), Clock.systemUTC());
        part.anonymous = null;
        part.with(
                Route.authenticated(
                        "GET",
                        "/me",
                        "test",
                        r -> TestService.text(r.principal().entityUri())),
                Route.permitted("GET", "/read", "read", "small", r -> TestService.text("read")),
                Route.permitted("POST", "/admin", "admin", "small", TestService.echo()),
                Route.authenticated("POST", "/echo", "test", TestService.echo()));
        port = edge.listenPlain(part.build(), "127.0.0.1", 0);
    }

    @AfterEach
    void close() {
        edge.close();
        store.close();
    }

    @Test
    void a_key_that_is_bound_to_a_certificate_is_refused_where_there_is_none() {
        String raw = "bound-key-bound-key-bound-key-bound-key";
        ApiKeys keys = java.util.Objects.requireNonNull(part.keys);
        ApiKeys.Prepared prepared = keys.prepare(SecretBytes.ofText(raw));
        store.write(tx -> keys.insert(
                tx,
                prepared,
                new ApiKeys.NewKey("agent:bound", Set.of("read"), null, "default", null, "stigmem://node.example/a")));
        for (int i = 0; i < 2; i++) {
            assertThat(get("/me", "Bearer " + raw)).startsWith("HTTP/1.1 401");
        }
        assertThat(part.refusals).contains("agent:bound key_bound_elsewhere");
    }

    @Test
    void a_key_is_known_the_first_time_and_from_the_cache() {
        assertThat(get("/me", "Bearer " + READER)).startsWith("HTTP/1.1 200").endsWith("agent:reader");
        assertThat(get("/me", "bearer  " + READER)).startsWith("HTTP/1.1 200").endsWith("agent:reader");
    }

    @Test
    void a_missing_a_wrong_and_a_foreign_credential_are_401() {
        assertThat(get("/me", null)).startsWith("HTTP/1.1 401").endsWith("no_credentials");
        assertThat(get("/me", "Bearer " + NOBODY)).startsWith("HTTP/1.1 401").endsWith("bad_credentials");
        assertThat(get("/me", "Bearer " + NOBODY)).startsWith("HTTP/1.1 401").endsWith("bad_credentials");
        assertThat(get("/me", "Basic YTpi")).startsWith("HTTP/1.1 401").endsWith("bad_credentials");
        assertThat(get("/me", "Bearer")).startsWith("HTTP/1.1 401").endsWith("bad_credentials");
        assertThat(part.refusals).allMatch(refusal -> refusal.startsWith("- "));
    }

    @Test
    void an_unknown_path_needs_no_identity() {
        assertThat(get("/nothing", "Bearer " + NOBODY)).startsWith("HTTP/1.1 404");
    }

    @Test
    void quota_comes_before_permission_and_is_never_charged_without_identity() {
        for (int i = 0; i < 5; i++) {
            assertThat(get("/read", "Bearer " + NOBODY)).startsWith("HTTP/1.1 401");
        }
        assertThat(get("/read", "Bearer " + READER)).startsWith("HTTP/1.1 200");
        assertThat(post("/admin", "x")).startsWith("HTTP/1.1 403").endsWith("permission_missing");
        assertThat(post("/admin", "x")).startsWith("HTTP/1.1 429").endsWith("quota_exceeded");
        assertThat(get("/read", "Bearer " + READER)).startsWith("HTTP/1.1 429");
        assertThat(part.refusals)
                .endsWith(
                        "agent:reader permission_missing",
                        "agent:reader quota_exceeded",
                        "agent:reader quota_exceeded");
    }

    @Test
    void a_body_waits_for_the_identity_of_its_sender() {
        String text = "x".repeat(300_000);
        assertThat(post("/echo", text)).startsWith("HTTP/1.1 200").endsWith(text);
    }

    @Test
    void a_request_whose_key_is_revoked_while_its_body_comes_is_not_carried_out() {
        String proceed = "HTTP/1.1 100 Continue\r\n\r\n";
        try (WireSocket client = new WireSocket(port)) {
            client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\n"
                    + "Authorization: Bearer " + READER + "\r\nContent-Length: 6\r\n\r\n");
            assertThat(client.read(proceed.length())).as("the caller is known").isEqualTo(proceed);
            String id = store.read(tx ->
                    keys.byRawKey(tx, SecretBytes.ofText(READER)).orElseThrow().id());
            assertThat(store.<Boolean>write(tx -> keys.revoke(tx, id))).isTrue();
            client.send("secret");
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 401").doesNotContain("secret");
        }
    }

    @Test
    void a_refused_body_does_not_spoil_the_next_request() {
        String all = WireSocket.answerTo(
                port,
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + NOBODY
                        + "\r\nContent-Length: 200000\r\n\r\n" + "y".repeat(200_000)
                        + "GET /me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer " + READER
                        + "\r\n\r\n");
        assertThat(all).startsWith("HTTP/1.1 401").contains("HTTP/1.1 200").endsWith("agent:reader");
    }

    @Test
    void a_trusted_identity_replaces_missing_credentials_but_not_wrong_ones() {
        TestService open = new TestService()
                .with(Route.authenticated(
                        "GET",
                        "/me",
                        "test",
                        r -> TestService.text(r.principal().entityUri())));
        open.keys = part.keys;
        int other = edge.listenPlain(open.build(), "127.0.0.1", 0);
        assertThat(WireSocket.answerTo(other, request("GET", "/me", null, ""))).endsWith("anon:trusted");
        assertThat(WireSocket.answerTo(other, request("GET", "/me", "Bearer " + READER, "")))
                .endsWith("agent:reader");
        assertThat(WireSocket.answerTo(other, request("GET", "/me", "Bearer " + NOBODY, "")))
                .startsWith("HTTP/1.1 401");
        assertThat(WireSocket.answerTo(other, request("GET", "/me", "  ", ""))).endsWith("anon:trusted");
    }

    private String get(String path, String authorization) {
        return WireSocket.answerTo(port, request("GET", path, authorization, ""));
    }

    private String post(String path, String body) {
        return WireSocket.answerTo(port, request("POST", path, "Bearer " + READER, body));
    }

    private static String request(String method, String path, String authorization, String body) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                + body.length() + "\r\n" + (authorization == null ? "" : "Authorization: " + authorization + "\r\n")
                + "\r\n" + body;
    }
}
