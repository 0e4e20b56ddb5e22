package bulwark.acceptance.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.acceptance.doctor.DoctoredDeployment.UndoStack;
import bulwark.acceptance.doctor.RewritingProxy.Passage;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import bulwark.testkit.LoopbackServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** What a proxy, another certificate, another clock or a restored file does to the controls of a node. */
final class FactFaults {
    private static final PlantedFault.Plant SAME = up -> () -> {};

    private FactFaults() {}

    /** A proxy before the plaintext listener, of which each rule takes one control away. */
    static List<PlantedFault> proxy() {
        return List.of(
                new PlantedFault(
                        "FACTS-HEADERS-01",
                        "a proxy that takes a header away, on 404 alone",
                        FactFaults::liar,
                        Set.of()),
                new PlantedFault("FACTS-HEALTH-01", "a node that is not healthy", SAME, Set.of()),
                new PlantedFault("FACTS-HOST-01", "a proxy that rewrites Host", SAME, Set.of()),
                new PlantedFault(
                        "FACTS-AUTH-01", "a proxy that brings its own key where there is none", SAME, Set.of()),
                new PlantedFault("FACTS-AUTH-02", "a key whose rights were raised", SAME, Set.of()),
                new PlantedFault("FACTS-AUDIT-01", "audit rows of one principal are gone", SAME, Set.of()),
                new PlantedFault("FACTS-AUDIT-02", "the document's sentence is another", SAME, Set.of()),
                new PlantedFault("FACTS-QUOTA-01", "no 429", SAME, Set.of()),
                new PlantedFault("FACTS-PROOF-01", "a recall without its proof", SAME, Set.of()),
                new PlantedFault("FACTS-ID-01", "a manifest with a changed member", SAME, Set.of("FACTS-ID-04")));
    }

    private static AutoCloseable liar(DoctoredDeployment up) throws Exception {
        String admin = up.shell("sed -n 's/^STIGMEM_ADMIN_KEY=//p' state/facts/.env");
        UndoStack undo = new UndoStack();
        RewritingProxy proxy = new RewritingProxy(up.plainUrl(), new RewritingProxy.Rule() {
            @Override
            public void request(Passage passage) {
                boolean bare = !passage.requestHeaders.containsKey("Authorization");
                if (bare && passage.target.startsWith("/v1/facts?")
                        || passage.target.startsWith("/v1/admin/api-keys")) {
                    passage.requestHeaders.put("Authorization", "Bearer " + admin);
                }
            }

            @Override
            public void answer(Passage passage) {
                rewrite(passage);
            }
        });
        undo.add("proxy", proxy);
        undo.add("target", up.with(Map.of("plain_url", proxy.url())));
        assertThat(up.shell("curl -s -D - -o /dev/null " + proxy.url() + "/no-such-path"))
                .doesNotContainIgnoringCase("nosniff");
        assertThat(up.shell("curl -s -o /dev/null -w '%{http_code}' '" + proxy.url() + "/v1/facts?limit=1'"))
                .isEqualTo("200");
        return undo;
    }

    private static void rewrite(Passage passage) {
        String path = passage.target.replaceFirst("\\?.*", "");
        if (passage.status == 404) {
            passage.headers.keySet().removeIf(name -> name.equalsIgnoreCase("x-content-type-options"));
        } else if (path.equals("/healthz") && passage.status == 200) {
            passage.status = 503;
            passage.body = "{\"status\":\"unhealthy\"}".getBytes(StandardCharsets.UTF_8);
        } else if (passage.status == 429) {
            passage.status = 403;
        } else if (path.equals("/v1/admin/audit") && passage.status == 403) {
            passage.body = "{\"detail\":\"no\"}".getBytes(StandardCharsets.UTF_8);
        } else if (path.equals("/v1/admin/audit") && passage.target.contains("principal=")) {
            passage.body = "{\"entries\":[],\"total\":0,\"next_cursor\":null}".getBytes(StandardCharsets.UTF_8);
        } else if (path.equals("/v1/recall")) {
            passage.body = "{\"facts\":[]}".getBytes(StandardCharsets.UTF_8);
        } else if (path.endsWith("stigmem-manifest.json")) {
            passage.body = new String(passage.body, StandardCharsets.UTF_8)
                    .replaceFirst("\"expires_at\":\"20", "\"expires_at\":\"21")
                    .getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Another node, which answers at the address of the first: its manifest is in order, and old. */
    static List<PlantedFault> anotherNode() {
        return List.of(
                new PlantedFault(
                        "FACTS-ID-02", "another node's manifest", FactFaults::oldManifest, Set.of("FACTS-HOST-01")),
                new PlantedFault("FACTS-ID-03", "a key of last year", SAME, Set.of()),
                new PlantedFault("FACTS-ID-04", "a manifest that no log has", SAME, Set.of()));
    }

    private static AutoCloseable oldManifest(DoctoredDeployment up) throws Exception {
        Ed25519Signer stranger = Signing.fastest().signer(Signing.fastest().random32());
        UndoStack undo = new UndoStack();
        RewritingProxy proxy = new RewritingProxy(up.plainUrl(), passage -> {
            if (passage.target.endsWith("stigmem-manifest.json")) {
                Map<String, Object> manifest = members(passage.body);
                Object issuer = manifest.remove("issuer_manifest");
                manifest.remove("signature");
                manifest.put("public_key", Base64Url.text(stranger.publicKey()));
                manifest.put("key_id", stranger.keyId());
                manifest.put(
                        "issued_at", Instant.now().minus(Duration.ofDays(400)).toString());
                manifest.put("signature", Base64Url.text(stranger.sign(CanonicalJson.bytes(manifest))));
                manifest.put("issuer_manifest", issuer);
                passage.body = StrictJson.write(manifest);
            }
        });
        undo.add("proxy", proxy);
        undo.add("target", up.with(Map.of("plain_url", proxy.url())));
        assertThat(up.shell("curl -s " + proxy.url() + "/.well-known/stigmem-manifest.json"))
                .contains(stranger.keyId());
        return undo;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> members(byte[] json) {
        return (Map<String, Object>) (Map<?, ?>) PlainJson.object(StrictJson.parse(json));
    }

    /** Something with the node's own certificate that ends TLS before it, and lets everybody in. */
    static List<PlantedFault> openImpostor() {
        return List.of(
                new PlantedFault(
                        "FACTS-TLS-01",
                        "a proxy with the node's certificate, for everybody",
                        FactFaults::openProxy,
                        Set.of()),
                new PlantedFault("FACTS-TLS-02", "the same", SAME, Set.of()),
                new PlantedFault("FACTS-TLS-03", "the same, with TLS 1.2", SAME, Set.of()));
    }

    private static AutoCloseable openProxy(DoctoredDeployment up) throws Exception {
        Path tls = up.state().resolve("facts/tls");
        UndoStack undo = new UndoStack();
        TlsImpostor impostor = new TlsImpostor(tls.resolve("node.crt"), tls.resolve("node.key"), null);
        undo.add("impostor", impostor);
        undo.add("target", up.with(Map.of("tls_url", impostor.url())));
        assertThat(up.shell("curl -sk -o /dev/null -w '%{http_code}' " + impostor.url() + "/"))
                .isEqualTo("200");
        return undo;
    }

    /** The right authority and rules, and a certificate of another name, nearly at its end. */
    static List<PlantedFault> wrongCertificate() {
        return List.of(
                new PlantedFault(
                        "FACTS-TLS-05",
                        "a certificate of another name",
                        FactFaults::otherCertificate,
                        Set.of("FACTS-TLS-08")),
                new PlantedFault("FACTS-TLS-06", "the same, valid for two days", SAME, Set.of()),
                new PlantedFault("FACTS-TLS-07", "the same, which is not the one on disk", SAME, Set.of()));
    }

    private static AutoCloseable otherCertificate(DoctoredDeployment up) throws Exception {
        Path other = up.folder().resolve("other-authority");
        CertificateAuthority.openOrCreate(other, "Bulwark local CA", Clock.systemUTC())
                .issue("node", "stigmem://elsewhere/nodes/other", List.of("localhost"), Duration.ofDays(2));
        UndoStack undo = new UndoStack();
        TlsImpostor impostor = new TlsImpostor(
                other.resolve("node.crt"), other.resolve("node.key"), up.state().resolve("facts/tls/ca.crt"));
        undo.add("impostor", impostor);
        undo.add("target", up.with(Map.of("tls_url", impostor.url())));
        assertThat(up.shell("openssl x509 -noout -ext subjectAltName -in " + other.resolve("node.crt")))
                .contains("elsewhere");
        return undo;
    }

    /** No TLS at all where mutual TLS is declared: nobody else can be looked at there. */
    static List<PlantedFault> plaintext() {
        return List.of(new PlantedFault(
                "FACTS-TLS-04",
                "plain HTTP on the port of mutual TLS",
                FactFaults::plainListener,
                Set.of("FACTS-TLS-01")));
    }

    private static AutoCloseable plainListener(DoctoredDeployment up) throws Exception {
        UndoStack undo = new UndoStack();
        LoopbackServer server = LoopbackServer.start(connection -> {
            int ignored = connection.getInputStream().read(new byte[1024]);
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        });
        undo.add("server", server);
        undo.add("target", up.with(Map.of("tls_url", "https://localhost:" + server.port())));
        assertThat(up.shell("curl -s -o /dev/null -w '%{http_code}' http://localhost:" + server.port() + "/"))
                .isEqualTo("200");
        return undo;
    }

    /** On the real node: one authority more in its bundle, which it takes up by itself. */
    static List<PlantedFault> foreignAuthority() {
        return List.of(new PlantedFault(
                "FACTS-TLS-08", "a second authority in the bundle", FactFaults::secondAuthority, Set.of()));
    }

    private static AutoCloseable secondAuthority(DoctoredDeployment up) throws Exception {
        Path other = up.folder().resolve("second-authority");
        CertificateAuthority authority = CertificateAuthority.openOrCreate(other, "Somebody else", Clock.systemUTC());
        authority.issue("caller", "stigmem://elsewhere/callers/one", List.of(), Duration.ofDays(1));
        Path bundle = up.state().resolve("facts/tls/ca.crt");
        String before = Files.readString(bundle);
        Files.writeString(bundle, before + Files.readString(authority.certificate()));
        String call = "curl -s --cacert state/facts/tls/ca.crt --cert " + other.resolve("caller.crt") + " --key "
                + other.resolve("caller.key") + " -o /dev/null -w '%{http_code}' https://localhost:" + up.port(765)
                + "/healthz || true";
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(() -> up.shell(call).equals("200"));
        return () -> {
            Files.writeString(bundle, before);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> !up.shell(call).equals("200"));
        };
    }

    /** The log as another file would be: shortened, edited, gone. */
    static List<List<PlantedFault>> logs() {
        return List.of(
                List.of(new PlantedFault(
                        "FACTS-LOG-02", "a log without its last record", log(FactFaults::withoutLastLine), Set.of())),
                List.of(new PlantedFault(
                        "FACTS-LOG-02",
                        "a log that is gone",
                        log(file -> delete(file)),
                        Set.of("FACTS-LOG-03", "FACTS-ID-04"))),
                List.of(new PlantedFault(
                        "FACTS-LOG-03",
                        "a record that says something else",
                        log(FactFaults::edited),
                        Set.of("FACTS-LOG-02"))));
    }

    private static PlantedFault.Plant log(Consumer<Path> change) {
        return up -> {
            Path copy = up.folder().resolve("log-" + System.nanoTime());
            Files.copy(up.state().resolve("facts/stigmem_tl.jsonl"), copy);
            String before = up.shell("sha256sum < " + copy);
            change.accept(copy);
            assertThat(up.shell("sha256sum < " + copy + " 2>/dev/null || echo gone"))
                    .isNotEqualTo(before);
            return up.with(Map.of("log", copy.toString()));
        };
    }

    private static void withoutLastLine(Path file) {
        rewriteLines(file, lines -> lines.substring(0, lines.lastIndexOf('\n', lines.length() - 2) + 1));
    }

    private static void edited(Path file) {
        rewriteLines(file, lines -> lines.replaceFirst("\"created_at\":\"20", "\"created_at\":\"19"));
    }

    private static void rewriteLines(Path file, java.util.function.UnaryOperator<String> change) {
        try {
            Files.writeString(file, change.apply(Files.readString(file)));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The doctor's clock is a minute behind: the same is seen when the node's is ahead. */
    static List<PlantedFault> clock() {
        return List.of(
                new PlantedFault("FACTS-AUDIT-03", "clocks that differ by a minute", FactFaults::otherClock, Set.of()));
    }

    private static AutoCloseable otherClock(DoctoredDeployment up) {
        SettableClock behind = new SettableClock(Instant.now().minusSeconds(60));
        assertThat(Duration.between(behind.instant(), Instant.now()).toSeconds())
                .isBetween(59L, 600L);
        return up.at(behind);
    }

    /** Store and log of a node, back to what they were together: everything inside agrees. */
    static List<PlantedFault> rolledBack() {
        return List.of(
                new PlantedFault("FACTS-LOG-02", "store and log rolled back together", SAME, Set.of()),
                new PlantedFault("FACTS-AUDIT-04", "the same", SAME, Set.of()));
    }
}
