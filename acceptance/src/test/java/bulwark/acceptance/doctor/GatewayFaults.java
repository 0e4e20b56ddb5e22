package bulwark.acceptance.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.acceptance.doctor.DoctoredDeployment.UndoStack;
import bulwark.acceptance.doctor.RewritingProxy.Passage;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Role;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.Signing;
import bulwark.testkit.FreePort;
import bulwark.testkit.LoopbackServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;

/** What other settings, an open route, a proxy, another certificate and a changed file do to the controls of a gateway. */
final class GatewayFaults {
    private static final PlantedFault.Plant SAME = up -> () -> {};
    private static final String ADMIN = "curl -s -H \"Authorization: Bearer $(cat state/gateway/admin-token)\" ";

    /** Long enough for the gateway, and no value that was ever published. */
    private static final String FOUR_LETTERS = "abbacddcbaadcbbcdacbddbacabdccba";

    private GatewayFaults() {}

    private static PlantedFault fault(String id, String words, PlantedFault.Plant plant, String... also) {
        return new PlantedFault(id, words, plant, Set.of(also));
    }

    /** In the settings of the gateway itself, which starts again with them. */
    static List<PlantedFault> settings() {
        return List.of(
                fault("GATEWAY-SSRF-01", "private ranges are allowed", GatewayFaults::otherSettings),
                fault("GATEWAY-SSRF-02", "the same", SAME),
                fault("GATEWAY-QUOTA-01", "quotas are off", SAME),
                fault("GATEWAY-CORS-01", "pages of a foreign origin may call", SAME),
                fault("GATEWAY-MTLS-01", "callers' addresses are among the trusted proxies", SAME),
                fault("GATEWAY-SECRETS-01", "a secret of last winter", SAME),
                fault("GATEWAY-SECRETS-02", "the former token in the settings", SAME),
                fault("GATEWAY-ADMIN-04", "an admin token of four letters", SAME));
    }

    private static AutoCloseable otherSettings(DoctoredDeployment up) throws Exception {
        Path folder = up.state().resolve("gateway");
        Path environment = folder.resolve(".env");
        Path token = folder.resolve("admin-token");
        Path ages = folder.resolve("state/secret-ages.json");
        String settings = Files.readString(environment);
        String good = Files.readString(token);
        String young = Files.readString(ages);
        long since = System.currentTimeMillis() - Duration.ofDays(100).toMillis();
        up.restartGateway(() -> {
            Files.writeString(environment, settings + """
                    STOA_SSRF__ALLOWED_CIDRS=127.0.0.0/8,10.0.0.0/8
                    STOA_QUOTA_ENFORCEMENT_ENABLED=false
                    STOA_CORS__ALLOWED_ORIGINS=https://elsewhere.example
                    STOA_MTLS__ENABLED=true
                    STOA_MTLS__TRUSTED_PROXIES=127.0.0.1/32
                    STOA_ADMIN_API_TOKEN_PREVIOUS=""" + good);
            Files.writeString(token, FOUR_LETTERS + "\n");
            Files.writeString(ages, young.replaceAll("\"since\":[0-9]+", "\"since\":" + since));
        });
        String front = "curl -s --cacert state/gateway/tls/ca.crt https://localhost:" + up.port(443);
        assertThat(
                        up.shell(
                                front
                                        + "/.well-known/stigmem-manifest.json -o /dev/null -D - -H 'Origin: https://elsewhere.example'"))
                .containsIgnoringCase("access-control-allow-origin: https://elsewhere.example")
                .doesNotContainIgnoringCase("x-ratelimit-limit:");
        assertThat(up.shell(front + "/metrics | grep stoa_secret_age_seconds")).contains(" 8640");
        JsonNode boxes = up.hardeningCheck().path("boxes");
        assertThat(boxes.path(5).path("verdict").asString("")).isEqualTo("fail");
        assertThat(boxes.path(7).path("verdict").asString("")).isEqualTo("fail");
        return () -> up.restartGateway(() -> {
            Files.writeString(environment, settings);
            Files.writeString(token, good);
            Files.writeString(ages, young);
        });
    }

    /** One word of a route, changed over the admin API as an operator would. */
    static List<PlantedFault> openRoute() {
        return List.of(
                fault(
                        "GATEWAY-AUTH-01",
                        "a governed route that is open to anybody",
                        GatewayFaults::forAnybody,
                        "GATEWAY-EVIDENCE-01"),
                fault("GATEWAY-AUTH-02", "the same", SAME),
                fault("GATEWAY-AUTH-03", "the same", SAME),
                fault("GATEWAY-AUTH-05", "the same", SAME),
                fault("GATEWAY-KEYS-01", "the same", SAME),
                fault("GATEWAY-TENANT-01", "the same", SAME));
    }

    private static AutoCloseable forAnybody(DoctoredDeployment up) throws Exception {
        String api = "http://localhost:" + up.port(81) + "/admin/apis";
        String before = up.shell(ADMIN + api + "/facts");
        Path file = up.folder().resolve("route.json");
        String store = ADMIN + "-H 'Content-Type: application/json' -o /dev/null -w '%{http_code}' --data @" + file
                + " " + api;
        Files.writeString(file, before.replace("\"callers\":\"known\"", "\"callers\":\"anybody\""));
        assertThat(up.shell(store)).isEqualTo("200");
        assertThat(up.shell(
                        "curl -s -o /dev/null -w '%{http_code}' --cacert state/gateway/tls/ca.crt https://localhost:"
                                + up.port(443) + "/facts/healthz"))
                .isEqualTo("200");
        return () -> {
            Files.writeString(file, before);
            assertThat(up.shell(store)).isEqualTo("200");
        };
    }

    /** The issuer gives out what nobody should hold for so long. */
    static List<PlantedFault> longToken() {
        return List.of(fault("GATEWAY-AUTH-04", "an access token of a day", up -> {
            String token = LocalTokenIssuer.open(
                            up.state().resolve("gateway/state"), Signing.fastest(), Clock.systemUTC())
                    .issue("bulwark-doctor", "default", List.of(Role.VIEWER), Duration.ofHours(24), "stoa-mcp-gateway");
            Path file = up.folder().resolve("long-token");
            Files.writeString(file, token);
            up.shell("chmod 600 " + file);
            assertThat(up.shell("cut -d. -f1 " + file + " | base64 -di 2>/dev/null || true"))
                    .contains("at+jwt");
            return up.with("gateway", Map.of("token_file", file.toString()));
        }));
    }

    /** A proxy before each listener, of which each rule takes one control away. */
    static List<PlantedFault> proxies() {
        return List.of(
                fault(
                        "GATEWAY-HEADERS-01",
                        "a header that is gone on 431 alone",
                        GatewayFaults::liars,
                        "GATEWAY-TLS-02"),
                fault("GATEWAY-HEADERS-02", "a header that is gone on 404 of the admin API", SAME),
                fault("GATEWAY-HEADERS-03", "a proxy that names itself on 404", SAME),
                fault("GATEWAY-TLS-07", "Strict-Transport-Security is gone on 401", SAME),
                fault("GATEWAY-TLS-08", "plain HTTP is answered itself", SAME),
                fault("GATEWAY-HTTP-01", "a proxy that decodes paths", SAME),
                fault("GATEWAY-HTTP-02", "a proxy that repairs requests", SAME),
                fault("GATEWAY-HTTP-03", "a proxy that takes bodies of any length", SAME),
                fault("GATEWAY-HTTP-04", "a proxy that carries TRACE out", SAME),
                fault("GATEWAY-TRACE-01", "a proxy that copies trace ids", SAME),
                fault("GATEWAY-HEALTH-01", "a gateway that is not ready", SAME),
                fault("GATEWAY-AUTH-06", "metadata of another gateway", SAME),
                fault("GATEWAY-ADMIN-01", "a proxy that passes /admin on", SAME),
                fault("GATEWAY-ADMIN-02", "a proxy that brings the admin token", SAME),
                fault("GATEWAY-ADMIN-03", "the same, which rewrites Host and Origin", SAME));
    }

    private static AutoCloseable liars(DoctoredDeployment up) throws Exception {
        UndoStack undo = new UndoStack();
        Path tls = up.state().resolve("gateway/tls");
        TlsRelay front = new TlsRelay(
                tls.resolve("gateway.crt"),
                tls.resolve("gateway.key"),
                tls.resolve("ca.crt"),
                up.port(443),
                new Liar());
        undo.add("front", front);
        RewritingProxy plain = new RewritingProxy("http://localhost:" + up.port(80), passage -> {
            if (passage.status == 308) {
                passage.status = 200;
            }
        });
        undo.add("plain", plain);
        RewritingProxy admin = new RewritingProxy("http://localhost:" + up.port(81), new GenerousAdmin(token(up)));
        undo.add("admin", admin);
        undo.add(
                "target",
                up.with("gateway", Map.of("tls_url", front.url(), "plain_url", plain.url(), "admin_url", admin.url())));
        assertThat(up.shell("curl -sk " + front.url() + "/ready")).contains("NOT READY");
        assertThat(up.shell("curl -sk -D - -o /dev/null " + front.url() + "/no-such-path"))
                .contains("nginx");
        assertThat(up.shell("curl -s -o /dev/null -w '%{http_code}' " + plain.url() + "/"))
                .isEqualTo("200");
        assertThat(up.shell("curl -s -o /dev/null -w '%{http_code}' " + admin.url() + "/admin/apis"))
                .isEqualTo("200");
        return undo;
    }

    private static String token(DoctoredDeployment up) throws Exception {
        return up.shell("cat state/gateway/admin-token");
    }

    /** Brings the token to whoever has none. */
    private record GenerousAdmin(String token) implements RewritingProxy.Rule {
        @Override
        public void request(Passage passage) {
            passage.requestHeaders.remove("Origin");
            if (!passage.requestHeaders.containsKey("Authorization")) {
                passage.requestHeaders.put("Authorization", "Bearer " + token);
            }
        }

        @Override
        public void answer(Passage passage) {
            if (passage.status == 404) {
                passage.headers.keySet().removeIf(name -> name.equalsIgnoreCase("x-content-type-options"));
            }
        }
    }

    /** Decodes, repairs and rewrites. */
    private static final class Liar implements TlsRelay.Rules {
        @Override
        public String request(String request) {
            return request.replaceFirst("^TRACE ", "GET ")
                    .replace("/a%2fb ", " ")
                    .replace(
                            "Content-Length: 4\r\nContent-Length: 5\r\n", "Connection: close\r\nContent-Length: 4\r\n");
        }

        @Override
        public String answer(String request, String answer) {
            String changed = answer;
            if (request.startsWith("GET /ready ")) {
                changed = changed.replaceFirst(" 200 [A-Za-z ]+", " 503 Service Unavailable")
                        .replaceFirst("Content-Length: 5", "Content-Length: 9")
                        .replace("READY", "NOT READY");
            }
            if (request.startsWith("GET /admin/")) {
                changed = changed.replaceFirst(" 404 ", " 401 ");
            }
            if (request.contains("traceparent: 00-")) {
                changed = changed.replaceFirst(
                        "X-Stoa-Trace-Id: [0-9a-f]+",
                        "X-Stoa-Trace-Id: " + request.replaceFirst("(?s).*traceparent: 00-([^\r]+?)-00f0.*", "$1"));
            }
            return changed.replaceFirst("^(HTTP/1.1 431 (?s:.*?))X-Frame-Options: DENY\r\n", "$1")
                    .replaceFirst("^(HTTP/1.1 401 (?s:.*?))Strict-Transport-Security: [^\r]+\r\n", "$1")
                    .replaceFirst("^(HTTP/1.1 404 [^\r]*\r\n)", "$1Server: nginx/1.22.1\r\n")
                    .replaceFirst("^HTTP/1.1 413 ", "HTTP/1.1 200 ")
                    .replace("\"resource\":\"https://localhost", "\"resource\":\"https://1ocalhost");
        }
    }

    /** A server of another program in the gateway's place, with its certificate, as it was set up ten years ago. */
    static List<PlantedFault> oldTls() {
        return List.of(
                fault("GATEWAY-TLS-01", "a server that speaks TLS 1.0", GatewayFaults::oldServer, "GATEWAY-TLS-07"),
                fault("GATEWAY-TLS-02", "the same, with suites without forward secrecy", SAME));
    }

    private static AutoCloseable oldServer(DoctoredDeployment up) throws Exception {
        int port = FreePort.next();
        Path tls = up.state().resolve("gateway/tls");
        ProcessBuilder builder = new ProcessBuilder(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:" + port,
                "-cert",
                tls.resolve("gateway.crt").toString(),
                "-key",
                tls.resolve("gateway.key").toString(),
                "-www",
                "-min_protocol",
                "TLSv1",
                "-cipher",
                "ALL:@SECLEVEL=0");
        builder.environment().put("OPENSSL_CONF", "/dev/null");
        Process server = builder.redirectErrorStream(true)
                .redirectOutput(up.folder().resolve("old-tls.log").toFile())
                .start();
        UndoStack undo = new UndoStack();
        undo.add("server", () -> {
            server.destroyForcibly();
            server.waitFor();
        });
        String hello = "OPENSSL_CONF=/dev/null openssl s_client -tls1 -cipher ALL:@SECLEVEL=0 -connect 127.0.0.1:"
                + port + " </dev/null 2>/dev/null | grep -c 'Protocol *: TLSv1$' || true";
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> !up.shell(hello).equals("0"));
        undo.add("target", up.with("gateway", Map.of("tls_url", "https://localhost:" + port)));
        return undo;
    }

    /** Another authority, another name, nearly at its end. */
    static List<PlantedFault> otherCertificate() {
        return List.of(
                fault("GATEWAY-TLS-03", "a certificate of somebody else", GatewayFaults::impostor, "GATEWAY-TLS-02"),
                fault("GATEWAY-TLS-04", "the same, valid for two days", SAME),
                fault("GATEWAY-TLS-05", "the same, which is not the one on disk", SAME));
    }

    private static AutoCloseable impostor(DoctoredDeployment up) throws Exception {
        Path other = up.folder().resolve("other-gateway-authority");
        CertificateAuthority.openOrCreate(other, "Bulwark gateway CA", Clock.systemUTC())
                .issue("node", "stigmem://elsewhere/gateway", List.of("elsewhere.example"), Duration.ofDays(2));
        UndoStack undo = new UndoStack();
        TlsImpostor server = new TlsImpostor(other.resolve("node.crt"), other.resolve("node.key"), null);
        undo.add("server", server);
        undo.add("target", up.with("gateway", Map.of("tls_url", server.url())));
        assertThat(up.shell("openssl x509 -noout -ext subjectAltName -in " + other.resolve("node.crt")))
                .contains("elsewhere.example");
        return undo;
    }

    /** No TLS where TLS is declared. */
    static List<PlantedFault> plaintext() {
        return List.of(fault(
                "GATEWAY-TLS-06",
                "plain HTTP on the port of TLS",
                up -> {
                    UndoStack undo = new UndoStack();
                    LoopbackServer server = LoopbackServer.start(connection -> {
                        int ignored = connection.getInputStream().read(new byte[1024]);
                        connection
                                .getOutputStream()
                                .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                    });
                    undo.add("server", server);
                    undo.add("target", up.with("gateway", Map.of("tls_url", "https://localhost:" + server.port())));
                    assertThat(up.shell(
                                    "curl -s -o /dev/null -w '%{http_code}' http://localhost:" + server.port() + "/"))
                            .isEqualTo("200");
                    return undo;
                },
                "GATEWAY-TLS-01"));
    }

    /** The state as a restored and retouched copy would be. */
    static List<PlantedFault> changedState() {
        return List.of(
                fault("GATEWAY-EVIDENCE-01", "records that go elsewhere", GatewayFaults::copiedState),
                fault("GATEWAY-EVIDENCE-02", "a record whose status was changed", SAME),
                fault("GATEWAY-LOG-01", "a log that ends after its second record", SAME),
                fault("GATEWAY-ROUTES-01", "a snapshot of routes with another word in it", SAME));
    }

    private static AutoCloseable copiedState(DoctoredDeployment up) throws Exception {
        Path copy = up.folder().resolve("copied-gateway");
        up.shell("rm -rf " + copy + " && cp -a state/gateway/state " + copy);
        up.shell("head -n 2 state/gateway/state/gateway.db.log.jsonl > " + copy + "/gateway.db.log.jsonl");
        up.shell("sed -i 's/\"callers\":\"known\"/\"callers\":\"anybody\"/' " + copy + "/routes.snapshot");
        List<String> changed =
                new ArrayList<>(up.shell("grep -rlaE '\"status\":40[13]' " + copy + "/gateway.db.journal")
                        .lines()
                        .toList());
        for (String segment : changed) {
            up.shell("sed -i -E 's/\"status\":40[13]/\"status\":200/' '" + segment + "'");
        }
        assertThat(changed).isNotEmpty();
        assertThat(up.shell("grep -c anybody " + copy + "/routes.snapshot")).isNotEqualTo("0");
        return up.with("gateway", Map.of("state_folder", copy.toString()));
    }
}
