package bulwark.kernel.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.storage.NoteStore;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.StoreRefused;
import bulwark.testkit.PostgresServer;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.Shell;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that must prove its name by a certificate. */
@Timeout(240)
class PostgresTlsTest {
    @TempDir
    static Path folder;

    private static PostgresServer server;

    @BeforeAll
    static void start() throws Exception {
        RequiredProgram.onThePath("openssl");
        certificate("server", "IP:127.0.0.1");
        certificate("other", "IP:127.0.0.1");
        server = PostgresServer.own(Map.of(
                "ssl",
                "on",
                "ssl_cert_file",
                folder.resolve("server.pem").toString(),
                "ssl_key_file",
                folder.resolve("server.key").toString()));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static void certificate(String name, String subject) throws Exception {
        Shell.Outcome made = Shell.bash(folder, Map.of(), Duration.ofMinutes(1), """
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=%1$s \
                  -addext subjectAltName=%2$s -keyout %1$s.key -out %1$s.pem && chmod 600 %1$s.key
                """.formatted(name, subject));
        assertThat(made.exitCode()).as("%s", made).isZero();
    }

    private static PostgresStore open(String host, String parameters) {
        PostgresUrl url = PostgresUrl.parse(
                "postgresql://postgres:any@" + host + ":" + server.port() + "/postgres?sslmode=verify-full"
                        + parameters,
                "URL");
        return PostgresStore.open(
                new PostgresStore.Access(() -> url, null),
                NoteStore.FIRST,
                SchemaPolicy.CREATE_OR_UPGRADE,
                TestDatabase.PATIENT);
    }

    @Test
    void a_server_whose_name_the_certificate_proves_is_reached_over_tls() {
        try (PostgresStore store = open("127.0.0.1", "&sslrootcert=" + folder.resolve("server.pem"))) {
            assertThat(store.<String>read(tx -> {
                        ResultSet row = tx.statement("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
                                .executeQuery();
                        row.next();
                        return row.getString(1);
                    }))
                    .startsWith("TLSv1.");
        }
    }

    @Test
    void a_server_of_an_unknown_authority_or_with_another_name_is_refused() {
        assertThatThrownBy(() -> open("127.0.0.1", "&sslrootcert=" + folder.resolve("other.pem")))
                .isInstanceOf(StoreRefused.class);
        assertThatThrownBy(() -> open("127.0.0.1", "")).isInstanceOf(StoreRefused.class);
        assertThatThrownBy(() -> open("localhost", "&sslrootcert=" + folder.resolve("server.pem")))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("localhost");
    }

    @Test
    void a_server_without_tls_is_refused() {
        PostgresUrl url = PostgresUrl.parse(PostgresServer.shared().url("postgres") + "?sslmode=verify-full", "URL");
        assertThatThrownBy(() -> PostgresStore.open(
                        new PostgresStore.Access(() -> url, null),
                        NoteStore.FIRST,
                        SchemaPolicy.CREATE_OR_UPGRADE,
                        TestDatabase.PATIENT))
                .isInstanceOf(StoreRefused.class);
    }
}
