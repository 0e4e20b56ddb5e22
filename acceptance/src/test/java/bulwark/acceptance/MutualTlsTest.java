package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.tls.ReloadingTls;
import bulwark.kernel.tls.TlsFiles;
import bulwark.testkit.Shell;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The mutual-TLS listener from outside: who is refused, what is counted, and what a change of files does to a running node. */
class MutualTlsTest {
    @TempDir
    Path folder;

    private OpensslCertificates certificates = new OpensslCertificates(Path.of(""));
    private NodeUnderTest node;

    @BeforeEach
    void start() throws Exception {
        certificates = OpensslCertificates.in(folder.resolve("tls"));
        node = NodeUnderTest.in(Files.createDirectory(folder.resolve("node")), certificates.settings())
                .start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void a_client_of_the_ca_is_served_and_only_tls_13_is_spoken() throws Exception {
        assertThat(curl("--cert client.crt --key client.key").out()).contains("\"status\":\"ok\"");
        assertThat(curl("--cert client.crt --key client.key --tls-max 1.2").exitCode())
                .isNotZero();
    }

    @Test
    void clients_of_another_ca_are_refused_and_counted() throws Exception {
        certificates.authority("other");
        certificates.leaf("stranger", "other", "stigmem://elsewhere.example.com/nodes/x", 90);
        certificates.leaf("old", "ca", "stigmem://your-org.example.com/nodes/old", 0);
        assertThat(curl("").out()).doesNotContain("ok");
        assertThat(curl("--cert stranger.crt --key stranger.key").out()).doesNotContain("ok");
        assertThat(curl("--cert old.crt --key old.key").out()).doesNotContain("ok");
        String metrics = node.get("/metrics", null).body();
        assertThat(metrics)
                .containsPattern("bulwark_tls_refused_total\\{reason=\"no_certificate\"} 1")
                .containsPattern("bulwark_tls_refused_total\\{reason=\"untrusted\"} 1")
                .containsPattern("bulwark_tls_refused_total\\{reason=\"expired\"} 1");
    }

    @Test
    void plaintext_on_the_tls_port_gets_an_empty_reply() throws Exception {
        Shell.Outcome outcome = Shell.bash(
                folder, Map.of(), Duration.ofSeconds(20), "curl -s -S http://localhost:" + node.port + "/healthz 2>&1");
        assertThat(outcome.out()).contains("Empty reply");
        assertThat(outcome.exitCode()).isEqualTo(52);
    }

    @Test
    void the_plain_listener_refuses_federation_routes_and_foreign_hosts() throws Exception {
        HttpResponse<String> federation = node.get("/v1/federation/facts", NodeUnderTest.ADMIN_KEY);
        assertThat(federation.statusCode()).isEqualTo(421);
        assertThat(federation.body()).contains("\"error\":\"mTLS required\"");
        Shell.Outcome rebound = Shell.bash(
                folder,
                Map.of(),
                Duration.ofSeconds(20),
                "curl -s -o /dev/null -w '%{http_code}' -H 'Host: evil.example.com' http://localhost:" + node.plainPort
                        + "/healthz");
        assertThat(rebound.out()).isEqualTo("421");
    }

    @Test
    void a_ca_that_leaves_the_bundle_ends_open_connections_at_their_next_request_and_resumption() throws Exception {
        certificates.authority("next");
        HttpClient client = client("client");
        assertThat(health(client)).isEqualTo(200);
        String resumable = "openssl s_client -connect localhost:" + node.port
                + " -cert client.crt -key client.key -CAfile ca.crt -no_ign_eof ";
        tls("printf 'GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' | timeout 5 "
                + resumable + "-sess_out session.pem >/dev/null 2>&1");
        replace("next.crt", "ca.crt.new", "ca.crt");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(outcomeOf(client)).isNotEqualTo("200"));
        Shell.Outcome resumed = tls(
                "printf 'GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' | timeout 5 "
                        + resumable + (Files.exists(certificates.file("session.pem")) ? "-sess_in session.pem" : "")
                        + " 2>&1");
        assertThat(resumed.out()).doesNotContain("\"status\":\"ok\"");
    }

    @Test
    void a_certificate_swapped_under_load_fails_no_request() throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        AtomicInteger served = new AtomicInteger();
        AtomicReference<String> failed = new AtomicReference<>("");
        Thread[] load = new Thread[4];
        for (int i = 0; i < load.length; i++) {
            load[i] = Thread.ofVirtual().start(() -> {
                while (running.get()) {
                    // A fresh client every time, so that handshakes meet the swap as well as requests do.
                    String outcome = outcomeOf(client("client"));
                    if (outcome.equals("200")) {
                        served.incrementAndGet();
                    } else {
                        failed.set(outcome);
                    }
                }
            });
        }
        String before = fingerprint();
        certificates.leaf("fresh", "ca", "stigmem://your-org.example.com/nodes/primary", 90);
        replace("fresh.key", "node.key.new", "node.key");
        replace("fresh.crt", "node.crt.new", "node.crt");
        await().atMost(Duration.ofSeconds(20)).until(() -> !fingerprint().equals(before));
        int soFar = served.get();
        await().atMost(Duration.ofSeconds(20)).until(() -> served.get() > soFar + 20);
        running.set(false);
        for (Thread thread : load) {
            thread.join(10_000);
        }
        assertThat(failed.get()).isEmpty();
    }

    @Test
    void a_bad_certificate_on_disk_leaves_the_old_one_in_place_loudly() throws Exception {
        String before = fingerprint();
        Files.writeString(
                certificates.file("bad"), "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
        replace("bad", "node.crt.new", "node.crt");
        await().atMost(Duration.ofSeconds(20)).until(() -> node.logText().contains("node.crt"));
        assertThat(node.logText()).contains("ERROR");
        assertThat(fingerprint()).isEqualTo(before);
        assertThat(health(client("client"))).isEqualTo(200);
    }

    private void replace(String from, String via, String to) throws Exception {
        Files.copy(
                certificates.file(from),
                certificates.file(via),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
        Files.move(certificates.file(via), certificates.file(to), StandardCopyOption.ATOMIC_MOVE);
    }

    private String fingerprint() throws Exception {
        return tls("openssl s_client -connect localhost:" + node.port
                        + " -cert client.crt -key client.key -CAfile ca.crt </dev/null 2>/dev/null | openssl x509 -noout -fingerprint")
                .out();
    }

    private Shell.Outcome curl(String options) throws Exception {
        return tls(
                "curl -s --max-time 10 --cacert ca.crt -k " + options + " https://localhost:" + node.port + "/healthz");
    }

    private Shell.Outcome tls(String script) throws Exception {
        return Shell.bash(certificates.directory(), Map.of(), Duration.ofSeconds(30), script);
    }

    private HttpClient client(String name) {
        TlsFiles files = new TlsFiles(
                certificates.file(name + ".crt"),
                certificates.file(name + ".key"),
                folder.resolve("tls/ca-of-node.crt"));
        try {
            if (!Files.exists(files.caBundle().path())) {
                Files.copy(certificates.file("ca.crt"), files.caBundle().path());
            }
        } catch (java.nio.file.FileAlreadyExistsException e) {
            // Another client of this test was quicker.
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(ReloadingTls.load(files, Clock.systemUTC()).context())
                .build();
    }

    private int health(HttpClient client) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + node.port + "/healthz"))
                .timeout(Duration.ofSeconds(10))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private String outcomeOf(HttpClient client) {
        try {
            return Integer.toString(health(client));
        } catch (Exception e) {
            return e.toString();
        }
    }
}
