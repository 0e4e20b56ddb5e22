package bulwark.kernel.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.storage.NoteStore;
import bulwark.kernel.storage.QueryLimit;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.StoreContract;
import bulwark.kernel.storage.StoreFailed;
import bulwark.testkit.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract of stores on PostgreSQL, and what a database that others use too adds to it. */
@Timeout(120)
class PostgresStoreTest extends StoreContract {
    private final PostgresServer server = PostgresServer.shared();
    private final String database = server.createDatabase();
    private PostgresStore store;

    @Override
    protected Store open() {
        store = another();
        return store;
    }

    private PostgresStore another() {
        return another(TestDatabase.PATIENT);
    }

    private PostgresStore another(PostgresTimeouts timeouts) {
        PostgresUrl url = PostgresUrl.parse(server.url(database), "DATABASE_URL");
        return PostgresStore.open(
                new PostgresStore.Access(() -> url, null), NoteStore.FIRST, SchemaPolicy.CREATE_OR_UPGRADE, timeouts);
    }

    @Test
    void writers_in_two_processes_each_see_what_came_before() throws Exception {
        try (PostgresStore other = another()) {
            Thread thread = Thread.ofVirtual().start(() -> fill(other));
            fill(store);
            thread.join();
            assertThat(NoteStore.texts(other))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 100).mapToObj(Integer::toString).toList());
        }
    }

    private static void fill(Store store) {
        for (int i = 0; i < 50; i++) {
            store.write(tx -> NoteStore.insert(tx, Integer.toString(NoteStore.count(tx))));
        }
    }

    @Test
    void sessions_that_the_server_ends_cost_no_caller_anything() {
        for (int i = 0; i < 5; i++) {
            String text = "note " + i;
            store.write(tx -> NoteStore.insert(tx, text));
            assertThat(NoteStore.texts(store)).hasSize(i + 1);
            server.endSessions(database);
        }
        store.write(tx -> NoteStore.insert(tx, "last"));
        assertThat(NoteStore.texts(store)).hasSize(6);
    }

    @Test
    void a_session_that_ends_within_a_job_makes_the_job_run_again() {
        int[] runs = {0};
        store.write(tx -> {
            NoteStore.insert(tx, "once");
            if (runs[0]++ == 0) {
                server.endSessions(database);
            }
            return NoteStore.insert(tx, "twice");
        });
        assertThat(runs[0]).isEqualTo(2);
        assertThat(NoteStore.texts(store)).containsExactly("once", "twice");
    }

    @Test
    void a_deadlock_with_another_program_is_repeated() {
        int[] runs = {0};
        store.write(tx -> {
            if (runs[0]++ == 0) {
                // As the server reports one.
                tx.statement("DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = 'deadlock_detected'; END $$")
                        .executeUpdate();
            }
            return NoteStore.insert(tx, "in the end");
        });
        assertThat(runs[0]).isEqualTo(2);
    }

    @Test
    void a_job_that_never_succeeds_is_repeated_a_few_times_only() {
        int[] runs = {0};
        assertThatThrownBy(() -> store.write(tx -> {
                    runs[0]++;
                    return tx.statement(
                                    "DO $$ BEGIN RAISE EXCEPTION 'made up' USING ERRCODE = 'serialization_failure'; END $$")
                            .executeUpdate();
                }))
                .hasMessageContaining("repeat it");
        assertThat(runs[0]).isEqualTo(3);
        store.write(tx -> NoteStore.insert(tx, "after"));
        assertThat(NoteStore.texts(store)).containsExactly("after");
    }

    @Test
    void a_statement_that_takes_too_long_is_stopped() {
        assertThatThrownBy(() -> new QueryLimit(Duration.ofSeconds(1), Long.MAX_VALUE)
                        .within(() -> store.read(
                                tx -> tx.statement("SELECT pg_sleep(20)").executeQuery())))
                .isInstanceOf(QueryLimit.QueryStopped.class);
        assertThat(NoteStore.texts(store)).isEmpty();
    }

    @Test
    void a_caller_is_answered_while_somebody_else_keeps_the_lock_of_writers() throws Exception {
        Duration second = Duration.ofSeconds(1);
        try (PostgresStore hurried = another(new PostgresTimeouts(
                second.multipliedBy(3), second, second.multipliedBy(2), second.multipliedBy(3), second))) {
            Thread locking = Thread.ofVirtual()
                    .start(() ->
                            server.execute(database, "BEGIN; LOCK TABLE store_writer; SELECT pg_sleep(4); COMMIT"));
            assertThatThrownBy(() -> {
                        while (true) {
                            hurried.write(tx -> NoteStore.insert(tx, "waiting"));
                        }
                    })
                    .isInstanceOf(StoreFailed.class)
                    .hasMessageContaining("repeat");
            locking.join();
            // Refused at once until the next look at the database finds that it answers.
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(StoreFailed.class)
                    .until(() -> {
                        hurried.write(tx -> NoteStore.insert(tx, "free again"));
                        return true;
                    });
            assertThat(NoteStore.texts(hurried)).last().isEqualTo("free again");
        }
    }

    @Test
    void no_thread_waits_for_ever_when_all_connections_are_taken() {
        List<Thread> threads = IntStream.range(0, 40)
                .mapToObj(i -> Thread.ofVirtual()
                        .start(() -> store.read(tx -> {
                            tx.statement("SELECT pg_sleep(0.05)").executeQuery();
                            return 0;
                        })))
                .toList();
        threads.forEach(thread -> {
            try {
                assertThat(thread.join(Duration.ofSeconds(60))).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
