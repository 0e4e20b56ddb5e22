package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.FreePort;
import bulwark.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node refuses to start with, in sentences, and what it warns of. */
class StartupTest {
    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(delimiter = '|', textBlock = """
            STIGMEM_FEDERATION_ENABLED | true                 | Federation requires mTLS by default. Configure STIGMEM_TLS_CERT_PATH
            STIGMEM_EMBED_ENABLED      | true                 | not supported yet
            STIGMEM_STORAGE_BACKEND    | postgres             | not supported yet
            STIGMEM_TL_BACKEND         | paper                | STIGMEM_TL_BACKEND
            STIGMEM_DB_PAHT            | x.db                 | STIGMEM_DB_PATH
            STIGMEM_PORT               | many                 | STIGMEM_PORT
            STIGMEM_NODE_PRIVATE_KEY   | abc                  | must decode to exactly 32 bytes
            STIGMEM_NODE_PRIVATE_KEY   | AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 | published
            STIGMEM_TLS_CERT_PATH      | node.crt             | STIGMEM_TLS_KEY_PATH
            STIGMEM_HOST               | 0.0.0.0              | 127.0.0.1
            """)
    void a_node_refuses_to_start(String name, String value, String sentence) throws Exception {
        Shell.Outcome outcome = tryToStart(Map.of(name.strip(), value.strip()));
        assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(1);
        assertThat(outcome.err() + outcome.out()).contains(sentence.strip()).doesNotContain("\tat bulwark");
        assertThat(folder.resolve("stigmem.db")).doesNotExist();
    }

    @Test
    void every_fault_is_reported_at_once() throws Exception {
        Shell.Outcome outcome = tryToStart(Map.of("STIGMEM_PORT", "many", "STIGMEM_AUTH_REQUIRED", "perhaps"));
        assertThat(outcome.err() + outcome.out()).contains("STIGMEM_PORT").contains("STIGMEM_AUTH_REQUIRED");
    }

    @Test
    void a_database_of_the_original_system_is_refused_untouched() throws Exception {
        Path store = folder.resolve("stigmem.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store)) {
            connection.createStatement().execute("CREATE TABLE facts (id TEXT PRIMARY KEY, entity TEXT)");
            connection.createStatement().execute("INSERT INTO facts VALUES ('1', 'user:alice')");
        }
        byte[] before = Files.readAllBytes(store);
        Shell.Outcome outcome = tryToStart(Map.of());
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err() + outcome.out()).contains("another program").contains("STIGMEM_DB_PATH");
        assertThat(Files.readAllBytes(store)).isEqualTo(before);
        assertThat(folder.resolve("stigmem.db-wal")).doesNotExist();
    }

    @Test
    void an_env_file_with_secrets_that_others_can_read_is_refused() throws Exception {
        Path env = Files.writeString(folder.resolve(".env"), "STIGMEM_ADMIN_KEY=" + NodeUnderTest.ADMIN_KEY + "\n");
        Files.setPosixFilePermissions(env, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        Shell.Outcome outcome = tryToStart(Map.of());
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err() + outcome.out()).contains("chmod 600 .env");
    }

    @Test
    void the_quota_kill_switch_starts_and_warns_on_every_start() throws Exception {
        Map<String, String> off =
                Map.of("STIGMEM_RATE_LIMIT_WRITE_PER_HOUR", "0", "STIGMEM_RATE_LIMIT_READ_PER_HOUR", "0");
        try (NodeUnderTest node = NodeUnderTest.in(folder, off).start()) {
            assertThat(node.logText())
                    .contains("SECURITY WARNING: quota enforcement is fully disabled (write=0, read=0)");
            assertThat(node.logText()).contains("Ed25519").doesNotContain(NodeUnderTest.ADMIN_KEY);
        }
    }

    @Test
    void a_second_node_on_the_same_store_is_refused() throws Exception {
        try (NodeUnderTest node = NodeUnderTest.in(folder, Map.of()).start()) {
            Shell.Outcome outcome = tryToStart(Map.of());
            assertThat(outcome.exitCode()).isEqualTo(1);
            assertThat(outcome.err() + outcome.out())
                    .contains(Long.toString(node.process().pid()));
        }
    }

    private Shell.Outcome tryToStart(Map<String, String> settings) throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("STIGMEM_PORT", Integer.toString(FreePort.next()));
        environment.put("STIGMEM_LOCAL_HTTP_PORT", Integer.toString(FreePort.next()));
        environment.putAll(settings);
        String program = bulwark.testkit.SharedMaterial.repository()
                .resolve("bin/stigmem-node")
                .toString();
        return Shell.run(folder, environment, Duration.ofSeconds(30), List.of(program));
    }
}
