package bulwark.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Role;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.signing.Signing;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may call what through the whole gateway, and what the backend hears of the caller. */
class GatewayAccessTest {
    private static final String ADMIN = "an-admin-token-of-the-tests-0123456789";

    @TempDir
    private Path folder;

    private final AtomicReference<Headers> heard = new AtomicReference<>(new Headers());
    private HttpServer backend;
    private Gateway gateway;

    @BeforeEach
    void start() throws Exception {
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.createContext("/", exchange -> {
            heard.set(exchange.getRequestHeaders());
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        backend.start();
        Map<String, String> environment = Map.of(
                "STOA_PORT",
                "0",
                "STOA_STATE_DIR",
                folder.toString(),
                "STOA_ADMIN_API_TOKEN",
                ADMIN,
                "STOA_SSRF__ALLOWED_CIDRS",
                "127.0.0.1/32");
        gateway = Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), environment, folder), folder, Clock.systemUTC());
        route("own", "acme");
        route("foreign", "other");
    }

    private void route(String id, String tenant) throws Exception {
        String json = "{\"id\":\"" + id + "\",\"tenant_id\":\"" + tenant + "\",\"path_prefix\":\"/apis/" + id
                + "\",\"backend_url\":\"http://127.0.0.1:"
                + backend.getAddress().getPort() + "\"}";
        HttpResponse<String> answer = send(request("/admin/apis")
                .header("Authorization", "Bearer " + ADMIN)
                .POST(BodyPublishers.ofString(json)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    @AfterEach
    void stop() {
        gateway.close();
        backend.stop(0);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .timeout(Duration.ofMinutes(1));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder as(Role role, String path) {
        String token = LocalTokenIssuer.open(folder, Signing.fastest(), Clock.systemUTC())
                .issue("user-1", "acme", List.of(role), Duration.ofMinutes(5), "stoa-mcp-gateway");
        return request(path).header("Authorization", "Bearer " + token);
    }

    @DisplayName("P15: a caller without credentials never reaches a backend")
    @Test
    void a_caller_without_credentials_never_reaches_a_backend() throws Exception {
        assertThat(send(request("/apis/own/x")).statusCode()).isEqualTo(401);
        assertThat(send(request("/apis/own/x?access_token=a.b.c")).statusCode()).isEqualTo(401);
        assertThat(heard.get()).isEmpty();
    }

    @Test
    void a_route_for_anybody_asks_for_no_credential_names_nobody_and_counts_each_address() throws Exception {
        String json = "{\"id\":\"open\",\"tenant_id\":\"acme\",\"path_prefix\":\"/open\",\"callers\":\"anybody\","
                + "\"forward_authorization\":true,\"backend_url\":\"http://127.0.0.1:"
                + backend.getAddress().getPort() + "\"}";
        assertThat(send(request("/admin/apis")
                                .header("Authorization", "Bearer " + ADMIN)
                                .POST(BodyPublishers.ofString(json)))
                        .statusCode())
                .isEqualTo(201);

        HttpResponse<String> answer = send(request("/open/x")
                .header("Authorization", "Bearer of-the-backend")
                .header("X-User-ID", "root")
                .header("X-Tenant-ID", "acme"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
        assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).isPresent();
        assertThat(heard.get().get("Authorization")).containsExactly("Bearer of-the-backend");
        assertThat(heard.get()).doesNotContainKeys("X-user-id", "X-tenant-id", "X-user-roles");
    }

    @Test
    void a_known_caller_is_named_to_the_backend_by_the_gateway_alone() throws Exception {
        HttpResponse<String> answer = send(as(Role.DEVOPS, "/apis/own/x")
                .header("X-User-ID", "root")
                .header("X_Tenant_ID", "other")
                .header("X-Authenticated-Client-Subject", "CN=root"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
        assertThat(heard.get().get("X-User-ID")).containsExactly("user-1");
        assertThat(heard.get().get("X-Tenant-ID")).containsExactly("acme");
        assertThat(heard.get().get("X-User-Roles")).containsExactly("devops");
        assertThat(heard.get()).doesNotContainKeys("X_tenant_id", "X-authenticated-client-subject");
        assertThat(heard.get().get("Authorization")).isNull();
    }

    @Test
    void a_role_that_may_read_may_not_write() throws Exception {
        assertThat(send(as(Role.VIEWER, "/apis/own/x")).statusCode()).isEqualTo(204);
        HttpResponse<String> refused = send(as(Role.VIEWER, "/apis/own/x").POST(BodyPublishers.ofString("{}")));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("insufficient_scope", "stoa:write");
        assertThat(refused.headers().firstValue("WWW-Authenticate").orElse(""))
                .contains("error=\"insufficient_scope\"");
    }

    @Test
    void the_api_of_another_tenant_is_not_there() throws Exception {
        HttpResponse<String> foreign = send(as(Role.TENANT_ADMIN, "/apis/foreign/x"));
        HttpResponse<String> absent = send(as(Role.TENANT_ADMIN, "/apis/absent/x"));
        assertThat(foreign.statusCode()).isEqualTo(404);
        assertThat(foreign.body()).isEqualTo(absent.body());
        assertThat(send(as(Role.CPI_ADMIN, "/apis/foreign/x")).statusCode()).isEqualTo(204);
    }
}
