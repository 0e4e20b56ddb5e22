package bulwark.kernel.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.storage.NoteStore;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.StoreFailed;
import bulwark.kernel.storage.StoreRefused;
import bulwark.testkit.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that dies, falls silent, or is given another password. */
@Timeout(240)
class PostgresFailureTest {
    private static final Duration BACK = Duration.ofSeconds(60);
    private static PostgresServer server;

    @TempDir
    Path folder;

    private String database;
    private PostgresStore store;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.own();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void open() {
        database = server.createDatabase();
        store = open(server.url(database));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static PostgresStore open(String url) {
        PostgresUrl parsed = PostgresUrl.parse(url, "DATABASE_URL");
        return PostgresStore.open(
                new PostgresStore.Access(() -> parsed, null),
                NoteStore.FIRST,
                SchemaPolicy.CREATE_OR_UPGRADE,
                PostgresTimeouts.DEFAULT);
    }

    /** Writes one after the other; what was acknowledged is returned. */
    private List<String> writeThrough(Runnable harm) throws InterruptedException {
        List<String> acknowledged = new ArrayList<>();
        Thread harming = Thread.ofVirtual().unstarted(harm);
        for (int i = 0; i < 120; i++) {
            String text = "note " + i;
            if (i == 20) {
                harming.start();
            }
            try {
                store.write(tx -> NoteStore.insert(tx, text));
                acknowledged.add(text);
            } catch (StoreFailed failed) {
                assertThat(failed).hasMessageContaining("epeat");
                await().atMost(BACK).until(() -> store.problem() == null);
            }
        }
        harming.join();
        return acknowledged;
    }

    @Test
    void a_server_that_is_killed_and_comes_back_loses_and_doubles_nothing() throws Exception {
        List<String> acknowledged = writeThrough(() -> {
            server.kill();
            server.startAgain();
        });
        assertThat(NoteStore.texts(store)).doesNotHaveDuplicates().containsAll(acknowledged);
    }

    @Test
    void sessions_that_end_in_the_middle_of_commits_lose_and_double_nothing_and_no_caller_sees_it() throws Exception {
        List<String> acknowledged = writeThrough(() -> {
            for (int i = 0; i < 30; i++) {
                server.endSessions(database);
            }
        });
        assertThat(NoteStore.texts(store))
                .containsExactlyElementsOf(acknowledged)
                .doesNotHaveDuplicates();
    }

    @Test
    void a_server_that_says_nothing_is_noticed_within_the_deadline_and_all_is_well_when_it_speaks_again() {
        store.write(tx -> NoteStore.insert(tx, "before"));
        server.freeze();
        try {
            long began = System.nanoTime();
            assertThatThrownBy(() -> store.write(tx -> NoteStore.insert(tx, "never mind")))
                    .isInstanceOf(StoreFailed.class);
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isLessThan(PostgresTimeouts.DEFAULT.answer().multipliedBy(5));
            await().atMost(BACK).until(() -> store.problem() != null);
            assertThat(store.problem()).contains("does not answer").doesNotContain("any");
            assertThatThrownBy(() -> NoteStore.texts(store))
                    .isInstanceOf(StoreFailed.class)
                    .hasMessageContaining("does not answer");
        } finally {
            server.resume();
        }
        await().atMost(BACK).until(() -> store.problem() == null);
        store.write(tx -> NoteStore.insert(tx, "after"));
        assertThat(NoteStore.texts(store))
                .startsWith("before")
                .endsWith("after")
                .doesNotHaveDuplicates();
    }

    @Test
    void a_password_that_is_rotated_is_taken_without_a_failed_request() throws Exception {
        String user = "rotated_" + database;
        server.execute("CREATE ROLE " + user + " SUPERUSER LOGIN PASSWORD 'first'");
        Path hba = Path.of(String.valueOf(server.query("postgres", "SHOW hba_file")));
        String trusting = Files.readString(hba);
        AtomicReference<String> password = new AtomicReference<>("first");
        Files.writeString(hba, "host all " + user + " 127.0.0.1/32 scram-sha-256\n" + trusting);
        server.execute("SELECT pg_reload_conf()");
        try (PostgresStore rotating = PostgresStore.open(
                new PostgresStore.Access(
                        () -> PostgresUrl.parse(server.url(user + ":" + password.get(), database), "URL"), null),
                NoteStore.FIRST,
                SchemaPolicy.CREATE_OR_UPGRADE,
                TestDatabase.PATIENT)) {
            rotating.write(tx -> NoteStore.insert(tx, "0"));
            password.set("second");
            server.execute("ALTER ROLE " + user + " PASSWORD 'second'");
            rotating.write(tx -> NoteStore.insert(tx, "1"));
            server.endSessions(database);
            rotating.write(tx -> NoteStore.insert(tx, "2"));
            assertThat(NoteStore.texts(rotating)).containsExactly("0", "1", "2");
            password.set("a wrong one".replace(' ', '_'));
            assertThatThrownBy(() -> open(server.url(user + ":a_wrong_one", database)))
                    .isInstanceOf(StoreRefused.class)
                    .hasMessageContaining("password authentication failed")
                    .hasMessageNotContaining("a_wrong_one");
        } finally {
            Files.writeString(hba, trusting);
            server.execute("SELECT pg_reload_conf()");
        }
    }
}
