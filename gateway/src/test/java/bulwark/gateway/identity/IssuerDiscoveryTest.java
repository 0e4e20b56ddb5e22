package bulwark.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.GatewayFixture;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.AddressPolicy;
import bulwark.kernel.network.IpPrefix;
import bulwark.kernel.network.TargetUrl;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where an issuer that is no Keycloak has its keys. */
class IssuerDiscoveryTest {
    private static byte[] keySet(String document, boolean guarded) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        server.createContext(IssuerDiscovery.PATH, exchange -> said(exchange, document.replace("BASE", base)));
        server.createContext("/keys", exchange -> said(exchange, "{\"keys\":[]}"));
        server.start();
        List<IpPrefix> allowed = guarded ? List.of() : List.of(IpPrefix.parse("127.0.0.1/32"));
        AddressGuard guard =
                new AddressGuard(name -> List.of(), new AddressPolicy(allowed, Set.of(), Set.of(), "C", "H", "P"));
        try (GuardedFetch fetch = GuardedFetch.withSystemTrust(guard, 1_000)) {
            return IssuerDiscovery.keySet(fetch, TargetUrl.parse(base + IssuerDiscovery.PATH), base);
        } finally {
            server.stop(0);
        }
    }

    private static void said(HttpExchange exchange, String body) throws IOException {
        GatewayFixture.answer(exchange, 200, body);
        exchange.close();
    }

    @Test
    void the_keys_are_where_the_issuers_own_metadata_says() throws Exception {
        byte[] keys = keySet("{\"issuer\":\"BASE\",\"jwks_uri\":\"BASE/keys\"}", false);
        assertThat(new String(keys, StandardCharsets.UTF_8)).isEqualTo("{\"keys\":[]}");
    }

    @Test
    void metadata_of_another_issuer_or_without_a_usable_url_is_refused() {
        assertThatThrownBy(() -> keySet("{\"issuer\":\"https://other\",\"jwks_uri\":\"BASE/keys\"}", false))
                .hasMessageContaining("names another issuer");
        assertThatThrownBy(() -> keySet("{\"issuer\":\"BASE\",\"jwks_uri\":\"file:///etc/passwd\"}", false))
                .hasMessageContaining("jwks_uri");
        assertThatThrownBy(() -> keySet("{\"issuer\":\"BASE\",\"jwks_uri\":\"http://169.254.169.254/k\"}", false))
                .hasMessageContaining("169.254");
        assertThatThrownBy(() -> keySet("not json", false)).hasMessageContaining("no JSON");
        assertThatThrownBy(() -> keySet("{}", true)).hasMessageContaining("127.0.0.");
    }
}
