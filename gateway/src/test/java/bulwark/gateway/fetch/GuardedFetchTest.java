package bulwark.gateway.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.network.TargetUrl;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuardedFetchTest {
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicReference<String> host = new AtomicReference<>("");
    private HttpServer server;
    private int port;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer("/keys", 200, "{\"keys\":[]}");
        answer("/large", 200, "x".repeat(2_000));
        answer("/gone", 404, "");
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().set("Location", "/keys");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.start();
        port = server.getAddress().getPort();
    }

    private void answer(String path, int status, String body) {
        server.createContext(path, exchange -> {
            calls.incrementAndGet();
            host.set(exchange.getRequestHeaders().getFirst("Host"));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static AddressGuard guard(String... allowed) {
        AddressPolicy policy = new AddressPolicy(
                List.of(allowed).stream().map(IpPrefix::parse).toList(), Set.of(), Set.of(), "CIDRS", "HOSTS", "PORTS");
        return new AddressGuard(name -> List.of(InetAddress.getLoopbackAddress()), policy);
    }

    private String get(AddressGuard guard, String url) throws Exception {
        try (GuardedFetch fetch = GuardedFetch.withSystemTrust(guard, 1_000)) {
            return new String(fetch.get(TargetUrl.parse(url)), StandardCharsets.UTF_8);
        }
    }

    @Test
    void a_document_is_got_from_an_address_that_is_allowed() throws Exception {
        assertThat(get(guard("127.0.0.1/32"), "http://127.0.0.1:" + port + "/keys"))
                .isEqualTo("{\"keys\":[]}");
        assertThat(host.get()).isEqualTo("127.0.0.1:" + port);
    }

    @Test
    void a_name_is_asked_for_by_its_name_at_the_address_that_was_judged() throws Exception {
        assertThat(get(guard("127.0.0.1/32"), "http://id.example:" + port + "/keys"))
                .contains("keys");
        assertThat(host.get()).isEqualTo("id.example:" + port);
    }

    @Test
    void nothing_is_connected_to_that_the_guard_blocks() {
        for (String name : List.of("127.0.0.1", "id.example")) {
            assertThatThrownBy(() -> get(guard(), "http://" + name + ":" + port + "/keys"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("CIDRS");
        }
        assertThat(calls).hasValue(0);
    }

    @Test
    void redirects_errors_and_long_answers_are_failures() {
        AddressGuard guard = guard("127.0.0.1/32");
        String base = "http://127.0.0.1:" + port;
        assertThatThrownBy(() -> get(guard, base + "/moved")).hasMessageContaining("302");
        assertThatThrownBy(() -> get(guard, base + "/gone")).hasMessageContaining("404");
        assertThatThrownBy(() -> get(guard, base + "/large")).isInstanceOf(IOException.class);
        assertThat(calls).as("the redirect was not followed").hasValue(2);
    }

    @Test
    void a_server_that_is_not_there_or_speaks_no_tls_is_a_failure_with_its_origin() {
        AddressGuard guard = guard("127.0.0.1/32");
        assertThatThrownBy(() -> get(guard, "https://127.0.0.1:" + port + "/keys?secret=1"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("https://127.0.0.1:" + port)
                .hasMessageNotContaining("secret");
        server.stop(0);
        assertThatThrownBy(() -> get(guard, "http://127.0.0.1:" + port + "/keys"))
                .isInstanceOf(IOException.class);
    }
}
