package bulwark.app.stigmem;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands in this process, against a node in this process. */
@Timeout(120)
class StigmemCommandsTest {
    @TempDir
    static Path root;

    private static ProvisionedNode node;

    @BeforeAll
    static void start() throws IOException {
        node = new ProvisionedNode(root);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void fsck_asks_the_running_node() {
        CommandResult ran = node.stigmem("fsck");

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("checked ").endsWith("clean\n");
    }

    @Test
    void health_asks_the_owners_socket_and_makes_a_handshake() {
        CommandResult ran = node.stigmem("health", "--timeout", "60");

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).isEqualTo("healthy\n");
    }

    @Test
    void health_is_no_where_the_listener_refuses_the_handshake() throws IOException {
        Path tls = root.resolve("other-tls");
        FactsProvisioning.issueCertificates(tls, "https://localhost:8765", java.time.Clock.systemUTC());

        CommandResult ran = CommandResult.stigmem(
                node.folder(),
                Map.of(
                        "STIGMEM_TLS_CERT_PATH", tls.resolve("node.crt").toString(),
                        "STIGMEM_TLS_KEY_PATH", tls.resolve("node.key").toString(),
                        "STIGMEM_TLS_CA_BUNDLE", tls.resolve("ca.crt").toString()),
                "health",
                "--timeout",
                "60");

        assertThat(ran.code()).isOne();
        assertThat(ran.err()).startsWith("unhealthy: the listener on port ").doesNotContain("owner");
    }

    @Test
    void health_of_a_folder_without_a_node_says_that_none_runs(@TempDir Path empty) {
        CommandResult ran = CommandResult.stigmem(empty, Map.of(), "health");

        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.err()).startsWith("no node serves ").contains("--db");
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void the_keys_are_listed_and_a_dry_rotation_leaves_them() {
        CommandResult before = node.stigmem("identity", "list-keys");

        CommandResult ran = node.stigmem("identity", "rotate-key", "--kind", "node", "--dry-run");

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(before.out()).contains("node  ", "issuer  ", "current");
        assertThat(node.stigmem("identity", "list-keys")).isEqualTo(before);
    }

    @Test
    void a_mistake_in_the_command_line_is_a_fault_of_usage() {
        assertThat(node.stigmem("identity", "rotate-key", "--kind", "other").code())
                .isEqualTo(2);
        assertThat(node.stigmem("audit", "export", "--table", "x", "--format", "csv")
                        .err())
                .isEqualTo("error: --format must be jsonl; got csv\n");
        assertThat(node.stigmem("nothing").code()).isEqualTo(2);
    }

    @Test
    void a_bootstrap_key_is_read_from_standard_input_and_never_too_short() {
        String[] command = {"stigmem", "auth", "bootstrap-key", "--key", "-"};

        CommandResult tooShort = CommandResult.of(node.folder(), Map.of(), "short\n", command);
        CommandResult second = CommandResult.of(node.folder(), Map.of(), "0123456789abcdef\n", command);

        assertThat(tooShort.code()).isEqualTo(2);
        assertThat(tooShort.err()).contains("at least 16 characters");
        assertThat(second.code()).as("the node has an admin key already").isOne();
        assertThat(second.err()).startsWith("error: ").doesNotContain("0123456789abcdef");
    }

    @Test
    void a_capability_token_is_issued_verified_and_revoked_with_the_key_of_the_folder() {
        String issuer = "https://localhost:8765/issuer";
        CommandResult issued = node.stigmem(
                "capability",
                "issue",
                "--issuer",
                issuer,
                "--subject",
                issuer,
                "--verb",
                "read",
                "--object",
                "stigmem://facts",
                "--json");
        assertThat(issued.code()).as(issued.err()).isZero();
        var answer = StrictJson.parse(issued.out().getBytes(StandardCharsets.UTF_8));
        String token = answer.path("token_json").stringValue("");

        assertThat(node.stigmem("capability", "verify", token).out()).isEqualTo("valid: True\n");
        CommandResult revoked =
                node.stigmem("capability", "revoke", answer.path("token_id").stringValue(""), "--reason", "a test");
        assertThat(revoked.out()).startsWith("revoked: ");
        CommandResult after = node.stigmem("capability", "verify", token);
        assertThat(after.code()).isOne();
        assertThat(after.out()).contains("valid: False", "reason: ");
    }

    @Test
    void an_export_is_written_into_the_folder_of_the_command_and_verified_offline() throws Exception {
        CommandResult exported = node.stigmem("audit", "export", "--table", "fact_audit_log", "--out", "rows.jsonl");
        assertThat(exported.code()).as(exported.err()).isZero();
        Path file = node.folder().resolve("rows.jsonl");
        assertThat(file).isRegularFile();
        Files.writeString(node.folder().resolve("manifest.json"), node.get("/.well-known/stigmem-manifest.json"));

        CommandResult verified = node.stigmem("audit", "verify", "rows.jsonl", "--key", "manifest.json");
        assertThat(verified.out()).as(verified.err()).startsWith("whole: ");
        Files.writeString(file, Files.readString(file).replaceFirst("\"source\":null", "\"source\":\"x\""));
        CommandResult edited = node.stigmem("audit", "verify", "rows.jsonl", "--key", "manifest.json");
        assertThat(edited.code()).isOne();
        assertThat(edited.out()).contains("PROBLEM ", "NOT whole: ");
    }

    @Test
    void a_snapshot_is_made_of_the_running_node_verified_and_refused_over_it() {
        CommandResult made = node.stigmem("snapshot", "create", "--out", "copy.tar.gz");
        assertThat(made.out()).isEqualTo("snapshot written to copy.tar.gz\n");

        assertThat(node.stigmem("snapshot", "verify", "copy.tar.gz").out()).startsWith("valid: created ");
        CommandResult restored = node.stigmem("snapshot", "restore", "--from", "copy.tar.gz");
        assertThat(restored.code()).as("the node runs").isNotZero();
        assertThat(restored.err()).startsWith("error: ");
    }

    @Test
    void a_folder_without_a_store_is_refused_with_the_remedy(@TempDir Path empty) {
        for (String[] command : new String[][] {{"identity", "list-keys"}, {"fsck"}}) {
            CommandResult ran = CommandResult.stigmem(empty, Map.of(), command);

            assertThat(ran.code()).isOne();
            assertThat(ran.err()).contains("there is no store at " + empty).contains("--db");
            assertThat(empty).isEmptyDirectory();
        }
    }

    @Test
    void a_command_that_reaches_no_node_names_the_address() {
        CommandResult ran = CommandResult.stigmem(
                node.folder(), Map.of("STIGMEM_URL", "http://localhost:1"), "capability", "verify", "{}");

        assertThat(ran.code()).isOne();
        assertThat(ran.err()).contains("no node answers at http://localhost:1").contains("--node-url");
    }
}
