package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.signing.CertificateAuthority;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a node with mutual TLS says of its authorities and of the peers that it refuses. */
@Timeout(120)
class PeerEvidenceTest {
    private static final String ADMIN = "an-admin-key-of-this-test-0123456789";

    @TempDir
    Path folder;

    private Path tls;

    @BeforeEach
    void certificates() {
        tls = folder.resolve("tls");
        CertificateAuthority.openOrCreate(tls, "one", Clock.systemUTC())
                .issue(
                        "node",
                        "stigmem://here.example/nodes/primary",
                        List.of("localhost", "127.0.0.1"),
                        Duration.ofDays(30));
    }

    @Test
    void a_second_authority_that_may_vouch_for_every_name_is_warned_of_and_measured() throws Exception {
        Path other = folder.resolve("other");
        CertificateAuthority.openOrCreate(other, "two", Clock.systemUTC());
        Files.writeString(
                tls.resolve("both.crt"),
                Files.readString(tls.resolve("ca.crt")) + Files.readString(other.resolve("ca.crt")));
        try (CapturedLog log = CapturedLog.of(PeerEvidence.class.getName());
                FactsNode node = start("both.crt")) {
            assertThat(log.messages())
                    .anyMatch(message -> message.contains("STIGMEM_TLS_CA_BUNDLE holds 2 CAs")
                            && message.contains("CN=one")
                            && message.contains("CN=two")
                            && message.contains("STIGMEM_TLS_CA_NAMES="));
            assertThat(metrics(node)).contains("stigmem_tls_authorities 2.0", "stigmem_tls_authorities_unbound 2.0");
        }
    }

    @Test
    void one_authority_is_what_the_operator_wanted() throws Exception {
        try (CapturedLog log = CapturedLog.of(PeerEvidence.class.getName());
                FactsNode node = start("ca.crt")) {
            assertThat(log.messages()).isEmpty();
            assertThat(metrics(node)).contains("stigmem_tls_authorities 1.0", "stigmem_tls_authorities_unbound 1.0");
        }
    }

    @Test
    void a_peer_without_a_certificate_leaves_a_row() throws Exception {
        try (FactsNode node = start("ca.crt")) {
            withoutCertificate(node.port());
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() ->
                            assertThat(audit(node)).contains("\"event_type\":\"peer_refused\"", "no_certificate"));
            assertThat(metrics(node)).contains("bulwark_tls_refused_total{reason=\"no_certificate\"} 1");
        }
    }

    @Test
    void without_mutual_tls_the_second_listener_stays_closed() throws Exception {
        int free = freePort();
        Map<String, String> settings = settings();
        settings.put("STIGMEM_LOCAL_HTTP_PORT", Integer.toString(free));
        try (FactsNode node = FactsNode.start(settings, folder, Clock.systemUTC())) {
            assertThat(node.port()).isNotEqualTo(free);
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), free).close())
                    .isInstanceOf(ConnectException.class);
        }
    }

    private static Map<String, String> settings() {
        return new HashMap<>(Map.of(
                "STIGMEM_DB_PATH", "facts.db",
                "STIGMEM_PORT", "0",
                "STIGMEM_NODE_URL", "https://localhost",
                "STIGMEM_ADMIN_KEY", ADMIN));
    }

    private FactsNode start(String bundle) throws IOException {
        Map<String, String> settings = settings();
        settings.put("STIGMEM_LOCAL_HTTP_PORT", Integer.toString(freePort()));
        settings.put("STIGMEM_TLS_CERT_PATH", tls.resolve("node.crt").toString());
        settings.put("STIGMEM_TLS_KEY_PATH", tls.resolve("node.key").toString());
        settings.put("STIGMEM_TLS_CA_BUNDLE", tls.resolve(bundle).toString());
        return FactsNode.start(settings, folder, Clock.systemUTC());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String metrics(FactsNode node) throws Exception {
        return get(node, "/metrics");
    }

    private static String audit(FactsNode node) throws Exception {
        String minted = send(
                node,
                HttpRequest.newBuilder()
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"entity_uri\":\"agent:siem\",\"permissions\":[\"audit.read\"]}")),
                "/v1/admin/api-keys",
                ADMIN);
        String key = minted.replaceAll(".*\"key\":\"([^\"]*)\".*", "$1");
        return send(node, HttpRequest.newBuilder().GET(), "/v1/admin/audit?event_type=peer_refused", key);
    }

    private static String get(FactsNode node, String path) throws Exception {
        return send(node, HttpRequest.newBuilder().GET(), path, ADMIN);
    }

    private static String send(FactsNode node, HttpRequest.Builder request, String path, String key) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            request.uri(URI.create("http://127.0.0.1:" + node.plainPort() + path))
                                    .header("Authorization", "Bearer " + key)
                                    .header("Content-Type", "application/json")
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** A handshake that trusts every server and shows nothing of itself. */
    private static void withoutCertificate(int port) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            socket.startHandshake();
            int end = socket.getInputStream().read();
            assertThat(end).isEqualTo(-1);
        } catch (IOException refused) {
            // As it should be.
        }
    }

    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
