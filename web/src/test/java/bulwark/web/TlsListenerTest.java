package bulwark.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.Principal;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import bulwark.kernel.tls.PeerIdentity;
import bulwark.kernel.tls.RefusedPeer;
import bulwark.kernel.tls.ReloadingTls;
import bulwark.kernel.tls.TlsFiles;
import bulwark.testkit.WireSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsListenerTest {
    @TempDir
    private Path directory;

    private final TestService part = new TestService();
    private final Edge edge = Edge.create();
    private ReloadingTls tls;
    private int port;

    @BeforeEach
    void listen() throws Exception {
        authority("ca");
        authority("stranger");
        leaf("node", "ca");
        leaf("client", "ca");
        leaf("foreign", "stranger");
        tls = ReloadingTls.load(
                new TlsFiles(directory.resolve("node.crt"), directory.resolve("node.key"), directory.resolve("ca.crt")),
                Clock.systemUTC());
        part.limits = new Service.Limits(1 << 20, 16 * 1024, 8 * 1024, 2, 5, 5, 100, 500, 10);
        part.with(
                Route.open("GET", "/healthz", r -> TestService.text("tls " + r.tls())),
                Route.authenticated("GET", "/federation/peers", "test", r -> TestService.text("peers")),
                Route.authenticated(
                        "GET",
                        "/who",
                        "test",
                        r -> TestService.text(r.peer()
                                .map(peer -> peer.uri() + " by " + peer.authority())
                                .orElse("nobody"))));
        port = edge.listenTls(part.build(), "127.0.0.1", 0, tls);
    }

    @AfterEach
    void close() {
        edge.close();
        tls.close();
    }

    @Test
    void a_client_with_a_certificate_of_our_authority_is_served_with_strict_transport_security() throws Exception {
        assertThat(curl("--cert client.crt --key client.key -i https://127.0.0.1:" + port + "/federation/peers").output)
                .startsWith("HTTP/1.1 200")
                .contains("strict-transport-security: max-age=", "x-frame-options: DENY")
                .endsWith("peers");
    }

    @Test
    void a_handler_sees_who_the_peer_is_and_which_authority_vouches() throws Exception {
        assertThat(curl("--cert client.crt --key client.key https://127.0.0.1:" + port + "/who").output)
                .isEqualTo("stigmem://node.example/client by CN=ca");
    }

    @Test
    void a_client_certificate_identifies_whom_the_part_says_unless_another_credential_comes_first() throws Exception {
        leaf("thief", "ca");
        TestService certified = new TestService()
                .with(
                        Route.authenticated(
                                        "GET",
                                        "/me",
                                        "test",
                                        r -> TestService.text(r.principal().entityUri()))
                                .identifiedBy(ClientCertificateAuthenticator.KIND),
                        Route.authenticated("POST", "/echo", "test", TestService.echo()));
        certified.anonymous = null;
        certified.authenticators = List.of(new ClientCertificateAuthenticator(
                peer -> peer.uri().endsWith("/client")
                        ? Optional.of(new Principal("peer:" + peer.uri(), "default", Set.of(), null))
                        : Optional.empty()));
        String at = " https://127.0.0.1:" + edge.listenTls(certified.build(), "127.0.0.1", 0, tls);

        assertThat(curl("--cert client.crt --key client.key" + at + "/me").output)
                .isEqualTo("peer:stigmem://node.example/client");
        assertThat(curl("--cert thief.crt --key thief.key -i" + at + "/me").output)
                .startsWith("HTTP/1.1 401")
                .endsWith("bad_credentials");
        assertThat(certified.details).singleElement().asString().matches("client_certificate unknown [0-9a-f]{64}");
        String post = "--cert client.crt --key client.key -i -d hi -H 'Origin: https://";
        assertThat(curl(post + "evil.example'" + at + "/echo").output).startsWith("HTTP/1.1 403");
        assertThat(curl(post + at.substring(9) + "'" + at + "/echo").output).startsWith("HTTP/1.1 200");
    }

    @Test
    void without_authentication_a_page_of_another_origin_cannot_write_with_the_certificate_of_its_browser()
            throws Exception {
        TestService trusting = new TestService().with(Route.authenticated("POST", "/echo", "test", TestService.echo()));
        for (Service.ClientCertificate wanted :
                List.of(Service.ClientCertificate.REQUIRED, Service.ClientCertificate.OPTIONAL)) {
            trusting.clientCertificate = wanted;
            String at = "https://127.0.0.1:" + edge.listenTls(trusting.build(), "127.0.0.1", 0, tls);
            String post = "--cert client.crt --key client.key -i -d hi " + at + "/echo";
            assertThat(curl(post + " -H 'Origin: https://evil.example'").output)
                    .startsWith("HTTP/1.1 403")
                    .endsWith("foreign_origin");
            assertThat(curl(post + " -H 'Origin: " + at + "'").output).startsWith("HTTP/1.1 200");
            assertThat(curl(post).output).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void a_key_that_is_bound_to_a_peer_works_with_its_certificate_only() throws Exception {
        leaf("thief", "ca");
        try (Store store = Store.open(
                directory.resolve("keys.db"),
                Migrations.of(ApiKeys.MIGRATIONS),
                Store.SchemaPolicy.CREATE_OR_UPGRADE)) {
            ApiKeys keys = ApiKeys.open(store, Clock.systemUTC(), Duration.ZERO);
            String fingerprint = run("openssl x509 -in client.crt -noout -fingerprint -sha256")
                    .output
                    .replaceAll(".*=|:|\n", "")
                    .toLowerCase(Locale.ROOT);
            int i = 0;
            for (String bound : List.of("stigmem://node.example/client", fingerprint)) {
                String raw = "bound-key-bound-key-bound-key-bound-key-" + i++;
                ApiKeys.Prepared prepared = keys.prepare(SecretBytes.ofText(raw));
                store.write(tx -> keys.insert(
                        tx, prepared, new ApiKeys.NewKey("agent:a", Set.of("read"), null, "default", null, bound)));
                TestService bindings =
                        new TestService().with(Route.authenticated("GET", "/me", "test", r -> TestService.text("me")));
                bindings.keys = keys;
                int there = edge.listenTls(bindings.build(), "127.0.0.1", 0, tls);
                String call = " -i -H 'Authorization: Bearer " + raw + "' https://127.0.0.1:" + there + "/me";
                assertThat(curl("--cert client.crt --key client.key" + call).output)
                        .startsWith("HTTP/1.1 200");
                assertThat(curl("--cert thief.crt --key thief.key" + call).output)
                        .startsWith("HTTP/1.1 401");
            }
        }
    }

    @Test
    void a_client_without_certificate_is_refused_and_counted() throws Exception {
        assertThat(curl("https://127.0.0.1:" + port + "/healthz").code).isNotZero();
        counted("no_certificate");
    }

    @Test
    void a_client_of_another_authority_is_refused_and_counted_once() throws Exception {
        assertThat(curl("--cert foreign.crt --key foreign.key https://127.0.0.1:" + port + "/healthz").code)
                .isNotZero();
        counted("untrusted");
    }

    @Test
    void plaintext_on_the_tls_port_gets_an_empty_reply_and_is_counted() throws Exception {
        Result result = curl("http://127.0.0.1:" + port + "/healthz");
        assertThat(result.code).isEqualTo(52);
        assertThat(result.output).contains("Empty reply from server");
        counted("protocol");
    }

    @Test
    void tls_1_2_is_refused() throws Exception {
        assertThat(curl("--tls-max 1.2 --cert client.crt --key client.key https://127.0.0.1:" + port + "/healthz").code)
                .isEqualTo(35);
        counted("protocol");
    }

    @Test
    void a_tls_client_that_sends_nothing_is_disconnected() throws Exception {
        Result result = run("timeout 10 openssl s_client -connect 127.0.0.1:" + port
                + " -cert client.crt -key client.key -CAfile ca.crt 2>/dev/null < <(sleep 20); echo code $?");
        assertThat(result.output).contains("Verify return code: 0 (ok)").doesNotContain("code 124");
    }

    @Test
    void an_open_connection_ends_when_its_certificate_is_no_longer_trusted() throws Exception {
        Files.writeString(directory.resolve("swap.sh"), "#!/bin/sh\nuntil [ -e swapped ]; do sleep 0.05; done\n");
        Process client = start("{ printf 'GET /healthz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'; sh swap.sh;"
                + " printf 'GET /healthz HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n'; sleep 1; } |"
                + " openssl s_client -quiet -no_ign_eof -connect 127.0.0.1:" + port
                + " -cert client.crt -key client.key -CAfile ca.crt 2>/dev/null");
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(() -> part.metrics.scrape().contains("route=\"/healthz\",status_code=\"200\""));
        Files.copy(directory.resolve("stranger.crt"), directory.resolve("ca.crt"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                directory.resolve("foreign.crt"), directory.resolve("node.crt"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                directory.resolve("foreign.key"), directory.resolve("node.key"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(tls.reload()).isInstanceOf(ReloadingTls.Reload.Loaded.class);
        Files.createFile(directory.resolve("swapped"));
        String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(output).containsSubsequence("HTTP/1.1 200", "HTTP/1.1 401", "peer_no_longer_trusted");
    }

    @Test
    void a_refused_peer_is_reported_with_its_source_address() throws Exception {
        List<RefusedPeer> refused = new CopyOnWriteArrayList<>();
        tls.onRefusedPeer(refused::add);
        curl("--interface 127.0.0.7 --cert foreign.crt --key foreign.key https://127.0.0.1:" + port + "/healthz");
        curl("--interface 127.0.0.8 https://127.0.0.1:" + port + "/healthz");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(refused)
                        .containsExactly(
                                new RefusedPeer("untrusted", "127.0.0.7"),
                                new RefusedPeer("no_certificate", "127.0.0.8")));
    }

    @Test
    void handshakes_that_one_source_leaves_unfinished_are_limited_and_do_not_shut_others_out() throws Exception {
        List<WireSocket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < HandshakeLimit.MAX_OF_SOURCE + 20; i++) {
                silent.add(new WireSocket(port));
            }
            assertThat(silent.getLast().readToEnd()).isEmpty();
            assertThat(part.metrics.scrape()).contains("test_edge_closed_total{reason=\"handshakes\"}");
            assertThat(curl("--interface 127.0.0.9 --cert client.crt --key client.key https://127.0.0.1:" + port
                                    + "/healthz")
                            .output)
                    .isEqualTo("tls true");
        } finally {
            silent.forEach(WireSocket::close);
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> curl("--cert client.crt --key client.key https://127.0.0.1:" + port + "/healthz")
                        .output
                        .equals("tls true"));
    }

    @Test
    void a_service_asks_for_client_certificates_or_does_not() throws Exception {
        String certificate = "--cert client.crt --key client.key ";
        String foreign = "--cert foreign.crt --key foreign.key ";
        for (Service.ClientCertificate wanted : Service.ClientCertificate.values()) {
            TestService asking = new TestService()
                    .with(
                            Route.authenticated(
                                    "GET",
                                    "/who",
                                    "test",
                                    r -> TestService.text(
                                            r.peer().map(PeerIdentity::uri).orElse("nobody"))),
                            Route.authenticated("GET", "/federation/peers", "test", r -> TestService.text("peers")),
                            Route.authenticated("POST", "/echo", "test", TestService.echo()));
            asking.clientCertificate = wanted;
            String at = "https://127.0.0.1:" + edge.listenTls(asking.build(), "127.0.0.1", 0, tls);
            switch (wanted) {
                case REQUIRED -> assertThat(curl(at + "/who").code).isNotZero();
                case OPTIONAL -> {
                    assertThat(curl(at + "/who").output).isEqualTo("nobody");
                    assertThat(curl(certificate + at + "/who").output).isEqualTo("stigmem://node.example/client");
                    assertThat(curl(certificate + at + "/federation/peers").output)
                            .isEqualTo("peers");
                    assertThat(curl(foreign + at + "/who").code).isNotZero();
                }
                case NONE -> assertThat(curl(certificate + at + "/who").output).isEqualTo("nobody");
            }
            if (wanted != Service.ClientCertificate.REQUIRED) {
                assertThat(curl("-i " + at + "/who").output)
                        .startsWith("HTTP/1.1 200")
                        .contains("strict-transport-security: max-age=");
                assertThat(curl("-i " + at + "/federation/peers").output)
                        .startsWith("HTTP/1.1 421")
                        .endsWith("tls_required");
                assertThat(curl("-i -d hi -H 'Origin: https://evil.example' " + at + "/echo").output)
                        .startsWith("HTTP/1.1 403");
                assertThat(curl("-i -d hi -H 'Origin: " + at + "' " + at + "/echo").output)
                        .startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void a_server_without_client_certificates_needs_neither_a_bundle_nor_a_uri_in_its_certificate() throws Exception {
        must("openssl req -x509 -newkey ed25519 -nodes -keyout public.key -out public.crt -days 30 -subj /CN=public"
                + " -addext subjectAltName=IP:127.0.0.1");
        TestService open = new TestService().with(Route.open("GET", "/open", r -> TestService.text("open")));
        try (ReloadingTls server = ReloadingTls.load(
                TlsFiles.ofServer(directory.resolve("public.crt"), directory.resolve("public.key")),
                Clock.systemUTC())) {
            assertThatThrownBy(() -> edge.listenTls(open.build(), "127.0.0.1", 0, server))
                    .hasMessageContaining("CA bundle");
            open.clientCertificate = Service.ClientCertificate.NONE;
            int at = edge.listenTls(open.build(), "127.0.0.1", 0, server);
            assertThat(run("curl -sS --max-time 10 --cacert public.crt https://127.0.0.1:" + at + "/open 2>&1").output)
                    .isEqualTo("open");
            must("openssl req -x509 -newkey ed25519 -nodes -keyout public.key -out public.crt -days 30 -subj /CN=next"
                    + " -addext subjectAltName=IP:127.0.0.1");
            assertThat(server.reload()).isInstanceOf(ReloadingTls.Reload.Loaded.class);
            assertThat(run("curl -sS --max-time 10 --cacert public.crt https://127.0.0.1:" + at + "/open 2>&1").output)
                    .isEqualTo("open");
        }
    }

    private void counted(String reason) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(part.metrics.scrape().lines())
                        .filteredOn(line -> line.startsWith("bulwark_tls_refused_total{"))
                        .containsExactly("bulwark_tls_refused_total{reason=\"" + reason + "\"} 1.0"));
    }

    private void authority(String name) throws Exception {
        must("openssl genpkey -algorithm ed25519 -out " + name + ".key && openssl req -new -x509 -key " + name
                + ".key -out " + name + ".crt -days 30 -subj /CN=" + name);
    }

    private void leaf(String name, String ca) throws Exception {
        String san = "subjectAltName=URI:stigmem://node.example/" + name;
        must("openssl genpkey -algorithm ed25519 -out " + name + ".key && openssl req -new -key " + name + ".key -out "
                + name + ".csr -subj /CN=" + name + " && openssl x509 -req -in " + name + ".csr -CA " + ca
                + ".crt -CAkey " + ca + ".key -CAcreateserial -days 30 -out " + name + ".crt -extfile <(echo " + san
                + ")");
    }

    private Result curl(String arguments) throws Exception {
        return run("curl -sSk --max-time 10 " + arguments + " 2>&1");
    }

    private void must(String command) throws Exception {
        Result result = run(command);
        assertThat(result.code).as(result.output).isZero();
    }

    private Result run(String command) throws Exception {
        Process process = start(command);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private Process start(String command) throws IOException {
        Process process = new ProcessBuilder("bash", "-c", command)
                .directory(directory.toFile())
                .start();
        process.getOutputStream().close();
        return process;
    }

    private record Result(int code, String output) {}
}
