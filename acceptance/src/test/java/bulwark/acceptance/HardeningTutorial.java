package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.Shell;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * "Harden a Stigmem Deployment", steps 1–6, 8 and the final verification, with the commands read out of the document. Step 6's
 * key is made before step 5's first query, as the document itself says. Step 7 (the container image) is not part of this.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class HardeningTutorial {
    private static final Pattern SEED = Pattern.compile("STIGMEM_(NODE|ISSUER)_PRIVATE_KEY=([A-Za-z0-9_-]{43})");
    private static final String FIRST_NODE_SEED = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA";
    private static final String FIRST_ISSUER_SEED = "mHZUMhD-3LqYdlQyEP7cuph2VDIQ_ty6mHZUMhD-3Lo";

    private Path home = Path.of("");
    private Path tls = Path.of("");
    private Document document;
    private NodeUnderTest node;
    private String auditKey = "";
    private String apiKey = "";
    private String newNodeKeyId = "";

    /** Port of mutual TLS, then of the loopback listener. */
    abstract int[] ports() throws IOException;

    @BeforeAll
    void prepare(@TempDir Path folder) throws IOException {
        home = Files.createDirectory(folder.resolve("node"));
        tls = folder.resolve("etc-stigmem-tls");
        int[] ports = ports();
        document = Document.read("facts-stigmem-hardening-tutorial.txt")
                .replacing("docker compose exec stigmem-node \\\n", "")
                .replacing("stigmem identity", bin("stigmem") + " identity")
                .replacing("/etc/stigmem/tls", tls.toString())
                .replacing("https://your-node.example.com", "http://localhost:" + ports[1])
                .replacing("localhost:8765", "localhost:" + ports[0])
                .replacing("localhost:8000", "localhost:" + ports[1]);
        document.printSubstitutions();
        System.out.println("  docker compose up -d -> the node is restarted; the override's settings go into its .env");
        writeEnv("""
                STIGMEM_ADMIN_KEY=%s
                STIGMEM_NODE_PRIVATE_KEY=%s
                STIGMEM_ISSUER_PRIVATE_KEY=%s
                STIGMEM_HOST=127.0.0.1
                STIGMEM_PORT=%d
                STIGMEM_LOCAL_HTTP_PORT=%d
                """.formatted(NodeUnderTest.ADMIN_KEY, FIRST_NODE_SEED, FIRST_ISSUER_SEED, ports[0], ports[1]));
        Map<String, String> settings = new HashMap<>();
        settings.put("STIGMEM_PORT", Integer.toString(ports[0]));
        settings.put("STIGMEM_LOCAL_HTTP_PORT", Integer.toString(ports[1]));
        // The second listener opens with mutual TLS, which the document switches on in its second step.
        settings.put("STIGMEM_TLS_CERT_PATH", "node.crt");
        node = NodeUnderTest.in(home, settings);
        node.environment.clear();
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    @Order(1)
    void step_1_makes_a_ca_and_a_node_certificate() throws Exception {
        String script = document.block("# Create a working directory", "mkdir -p", "openssl x509 -noout -subject");
        Shell.Outcome outcome = bash(script);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(document.says("Expected output includes URI:stigmem://your-org.example.com/nodes/primary"))
                .isTrue();
        assertThat(outcome.out()).contains("URI:stigmem://your-org.example.com/nodes/primary");
    }

    @Test
    @Order(2)
    void step_2_configures_mutual_tls_and_refuses_plaintext() throws Exception {
        String override =
                document.block("# docker-compose.override.yml", "STIGMEM_TLS_CERT_PATH", "STIGMEM_FEDERATION_INSECURE");
        appendEnv(override.replace(": ", "=").replace("\"", "").replace("/tls/", tls + "/") + "\n");
        node.start();

        Shell.Outcome presented = bash(document.command("Verify the node is presenting", "openssl s_client"));
        assertThat(presented.out()).contains("Fingerprint=").contains("CN = stigmem-node");

        Shell.Outcome plain = bash(document.command("Verify that a plaintext", "curl http://localhost"));
        assertThat(plain.exitCode()).as(plain.out()).isZero();
        assertThat(plain.out()).doesNotContain("200");
    }

    @Test
    @Order(3)
    void step_3_rotates_the_node_key() throws Exception {
        String before = bash("curl -s http://localhost:" + node.plainPort
                        + "/.well-known/stigmem-manifest.json | jq -r .key_id")
                .out()
                .strip();
        Shell.Outcome rehearsal = bash(document.command("# Dry run first", "docker compose exec"));
        assertThat(rehearsal.exitCode()).as(rehearsal.err()).isZero();
        assertThat(rehearsal.out())
                .startsWith("[DRY RUN] Key rotation (node) complete")
                .contains("new key_id");
        Shell.Outcome rotation = bash(document.command("# Commit the rotation", "docker compose exec"));
        assertThat(rotation.exitCode()).as(rotation.err()).isZero();
        assertThat(rotation.out())
                .startsWith("Key rotation (node) complete\n  old key_id : " + before + "\n  new key_id : ")
                .containsPattern("\n  dual-trust : \\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z\n")
                .containsPattern("\n  manifest TL index  : \\d+\n  rotation TL index  : \\d+\n")
                .contains("ACTION REQUIRED — update your secrets manager with the new private key:");
        newNodeKeyId = first(Pattern.compile("new key_id : ([0-9a-f]{16})"), rotation.out());
        updateSecretAndRestart("Update the secret and restart", rotation.out());

        Shell.Outcome live = bash(document.command("Verify the new key is live", "curl -s"));
        assertThat(live.out().strip()).isEqualTo("\"" + newNodeKeyId + "\"");
    }

    @Test
    @Order(4)
    void step_4_rotates_the_issuer_key_and_tokens_keep_verifying() throws Exception {
        String issuer = "http://localhost:8765/issuer";
        Shell.Outcome issued = bash(
                bin("stigmem") + " capability issue --json --node-url http://localhost:" + node.plainPort + " --issuer "
                        + issuer + " --subject " + issuer + " --verb read --object stigmem://facts --ttl-seconds 3600");
        assertThat(issued.exitCode()).as(issued.err()).isZero();
        Files.writeString(home.resolve("issued.json"), issued.out());

        Shell.Outcome rotation = bash(document.command("Capability tokens are signed by", "docker compose exec"));
        assertThat(rotation.exitCode()).as(rotation.err()).isZero();
        assertThat(rotation.out()).startsWith("Key rotation (issuer) complete").contains("STIGMEM_ISSUER_PRIVATE_KEY=");
        updateSecretAndRestart("Update the secret and restart", rotation.out());

        assertThat(node.get("/healthz", null).statusCode()).isEqualTo(200);
        Shell.Outcome verified = bash("jq -r .token_json issued.json | " + bin("stigmem")
                + " capability verify - --node-url http://localhost:" + node.plainPort);
        assertThat(verified.out()).as(verified.err()).contains("valid: True");

        Shell.Outcome tooShort = node.stigmem("identity", "rotate-key", "--kind", "issuer", "--dual-trust-days", "30");
        assertThat(tooShort.exitCode()).isEqualTo(1);
        assertThat(tooShort.err()).contains("dual_trust_days must be ≥ 90");
    }

    @Test
    @Order(5)
    void step_6_mints_an_audit_key() throws Exception {
        String script = document.block("Step 6", "AUDIT_KEY=", "echo \"Audit key:");
        Shell.Outcome outcome = bash(script);
        auditKey = first(Pattern.compile("Audit key: (\\S+)"), outcome.out());
        assertThat(auditKey).isNotEqualTo("null").hasSizeGreaterThanOrEqualTo(32);
        apiKey = bash("curl -s -X POST http://localhost:" + node.plainPort
                        + "/v1/admin/api-keys -H \"Authorization: Bearer $STIGMEM_ADMIN_KEY\" -H 'Content-Type: application/json'"
                        + " -d '{\"entity_uri\":\"stigmem://your-org.example.com/agent\",\"permissions\":[\"read\",\"write\"]}' | jq -r .key")
                .out()
                .strip();
    }

    @Test
    @Order(6)
    void step_5_quotas_answer_429_and_the_breach_is_on_record() throws Exception {
        Shell.Outcome none = bash(document.command("# Requires an audit.read key", "curl -s"));
        assertThat(none.exitCode()).as(none.err()).isZero();
        assertThat(none.out().strip()).isEqualTo("[]");

        appendEnv(
                document.block("# In your environment", "STIGMEM_RATE_LIMIT_WRITE", "STIGMEM_RATE_LIMIT_READ") + "\n");
        restart();
        Shell.Outcome loop = bash(document.block("# Write 200 facts", "API_KEY=", "done"));
        assertThat(loop.out()).as(loop.err()).containsPattern("429 at write \\d+");

        HttpResponse<String> refused = firstRefusedWrite();
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(refused.body())
                .containsPattern(
                        "\\{\"error\":\"quota_exceeded\",\"dimension\":\"fact_write\",\"principal\":\"stigmem://your-org.example.com/agent\",\"retry_after\":[0-9.]+}");

        Shell.Outcome breaches = bash(document.command("# Requires an audit.read key", "curl -s"));
        assertThat(breaches.out()).contains("\"principal\": \"stigmem://your-org.example.com/agent\"");
    }

    /** The bucket refills while we look: so write until it is empty again, which its size bounds. */
    private HttpResponse<String> firstRefusedWrite() throws IOException, InterruptedException {
        String fact = "{\"entity\":\"stigmem://test/e\",\"relation\":\"seq\",\"value\":\"x\",\"scope\":\"team\"}";
        HttpResponse<String> answer = node.post("/v1/facts", apiKey, fact);
        for (int i = 0; i < 1000 && answer.statusCode() != 429; i++) {
            answer = node.post("/v1/facts", apiKey, fact);
        }
        return answer;
    }

    @Test
    @Order(7)
    void step_6_events_appear_and_another_key_is_refused() throws Exception {
        Shell.Outcome events = bash(document.command("Trigger a few events", "curl -s"));
        assertThat(events.out())
                .contains("\"seq\"")
                .contains("\"event_type\"")
                .contains("\"ts\"")
                .contains("quota_breach");
        Shell.Outcome writes = bash("curl -s \"http://localhost:" + node.plainPort
                + "/v1/admin/audit?event_type=fact_write\" -H \"Authorization: Bearer $AUDIT_KEY\" | jq .total");
        assertThat(Integer.parseInt(writes.out().strip())).isGreaterThanOrEqualTo(100);

        Shell.Outcome refused = bash(document.command("Verify that a non-audit key", "curl -s"));
        assertThat(refused.out()).contains("\"detail\": \"audit.read capability required\"");
        assertThat(document.says("{\"detail\": \"audit.read capability required\"}"))
                .isTrue();
    }

    @Test
    @Order(8)
    void step_8_evidence_leaves_the_node_and_verifies_without_it() throws Exception {
        for (String table : new String[] {"fact_audit_log", "federation_audit"}) {
            Shell.Outcome export = node.stigmem("audit", "export", "--table", table, "--out", table + ".jsonl");
            assertThat(export.exitCode()).as(export.err()).isZero();
            Shell.Outcome verified = bash("curl -s http://localhost:" + node.plainPort
                    + "/.well-known/stigmem-manifest.json > manifest.json && " + bin("stigmem") + " audit verify "
                    + table + ".jsonl --key manifest.json");
            assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
        }
        bash("head -n -1 fact_audit_log.jsonl > cut.jsonl");
        Shell.Outcome cut = node.stigmem("audit", "verify", "cut.jsonl", "--key", "manifest.json");
        assertThat(cut.exitCode()).isEqualTo(1);
        Shell.Outcome snapshot = node.stigmem("snapshot", "create", "--out", "snapshot.tar.gz");
        assertThat(snapshot.exitCode()).as(snapshot.err()).isZero();
        assertThat(node.stigmem("snapshot", "verify", "snapshot.tar.gz").exitCode())
                .isZero();
        assertThat(node.stigmem("fsck").out()).endsWith("clean\n");
    }

    @Test
    @Order(9)
    void the_final_verification_holds() throws Exception {
        Shell.Outcome mtls = bash(document.command("# 1. mTLS active", "openssl s_client"));
        assertThat(mtls.out()).contains("Verify return code: 0");
        Shell.Outcome rotations = bash(document.command("# 2. Key rotation recorded", "curl -s"));
        assertThat(Integer.parseInt(rotations.out().strip())).isGreaterThanOrEqualTo(1);
        Shell.Outcome breaches = bash(document.command("# 3. Quota enforcement", "curl -s"));
        assertThat(Integer.parseInt(breaches.out().strip())).isGreaterThanOrEqualTo(1);
        Shell.Outcome health = bash(document.command("# 5. Healthcheck", "curl -s"));
        assertThat(health.out().strip()).isEqualTo("\"ok\"");
        Shell.Outcome proof = bash(document.command("# 6. Full verification", "curl -s"));
        assertThat(proof.out())
                .contains("\"head_hash\"")
                .contains("\"checked_entries\"")
                .contains("\"status\": \"submitted\"");
    }

    private void updateSecretAndRestart(String heading, String rotationOutput) throws Exception {
        Matcher seed = SEED.matcher(rotationOutput);
        assertThat(seed.find()).as(rotationOutput).isTrue();
        String edit = document.command(heading, "sed -i")
                .replace("STIGMEM_NODE_PRIVATE_KEY", "STIGMEM_" + seed.group(1) + "_PRIVATE_KEY")
                .replace("<new-seed>", seed.group(2));
        assertThat(bash(edit).exitCode()).isZero();
        restart();
        assertThat(node.logText()).doesNotContain(seed.group(2));
    }

    private void restart() throws Exception {
        node.stop();
        node.start();
    }

    private Shell.Outcome bash(String script) throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>();
        environment.put("STIGMEM_ADMIN_KEY", NodeUnderTest.ADMIN_KEY);
        environment.put("AUDIT_KEY", auditKey);
        environment.put("API_KEY", apiKey);
        String ready = script.replace("\"<a key with write scope>\"", apiKey);
        return Shell.bash(home, environment, Duration.ofSeconds(90), ready);
    }

    private static String bin(String name) {
        return bulwark.testkit.SharedMaterial.repository()
                .resolve("bin")
                .resolve(name)
                .toString();
    }

    private void writeEnv(String text) throws IOException {
        Path env = home.resolve(".env");
        Files.createFile(env, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(env, text);
    }

    private void appendEnv(String text) throws IOException {
        Files.writeString(home.resolve(".env"), text, StandardOpenOption.APPEND);
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as("%s in: %s", pattern, text).isTrue();
        return matcher.group(1);
    }
}
