package bulwark.kernel.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every engine must do, whatever keeps its rows. */
@Timeout(120)
public abstract class StoreContract {
    private Store store;

    /** With the tables of {@link NoteStore#FIRST}; the same rows each time. */
    protected abstract Store open();

    @BeforeEach
    void openStore() {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void a_read_sees_an_acknowledged_write() {
        for (int i = 0; i < 200; i++) {
            String text = "note " + i;
            store.write(tx -> NoteStore.insert(tx, text));
            assertThat(NoteStore.texts(store)).hasSize(i + 1).last().isEqualTo(text);
        }
    }

    @Test
    void what_was_written_is_there_after_reopening() {
        store.write(tx -> NoteStore.insert(tx, "kept"));
        store.close();
        store = open();
        assertThat(NoteStore.texts(store)).containsExactly("kept");
    }

    @Test
    void jobs_that_wait_together_share_one_commit() {
        long commits = store.stats().commits();
        List<CompletableFuture<Long>> waiting = batch(100, i -> tx -> NoteStore.insert(tx, "note " + i));
        waiting.forEach(CompletableFuture::join);
        // One for the job that holds the writer back, one for all the others.
        assertThat(store.stats().commits() - commits).isEqualTo(2);
        assertThat(store.stats().jobs()).isEqualTo(101);
        assertThat(NoteStore.texts(store)).hasSize(100);
    }

    @Test
    void a_job_that_throws_before_it_writes_concerns_only_its_caller() {
        AtomicInteger runs = new AtomicInteger();
        List<CompletableFuture<Long>> waiting = batch(10, i -> tx -> {
            runs.incrementAndGet();
            if (i == 5) {
                throw new IllegalArgumentException("no fifth");
            }
            return NoteStore.insert(tx, "note " + i);
        });
        assertThatThrownBy(waiting.remove(5)::join).hasRootCauseMessage("no fifth");
        waiting.forEach(CompletableFuture::join);
        assertThat(NoteStore.texts(store)).hasSize(9);
        assertThat(runs).hasValue(10);
    }

    @Test
    void a_job_that_throws_after_it_wrote_is_undone_and_the_others_run_again() {
        List<CompletableFuture<Long>> waiting = batch(10, i -> tx -> {
            long id = NoteStore.insert(tx, "note " + i);
            if (i == 5) {
                NoteStore.insert(tx, "forbidden");
            }
            return id;
        });
        assertThatThrownBy(waiting.remove(5)::join)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("store refused a statement");
        waiting.forEach(CompletableFuture::join);
        assertThat(NoteStore.texts(store)).hasSize(9).doesNotContain("note 5");
    }

    @Test
    void rollback_listeners_run_newest_first() {
        List<String> steps = new ArrayList<>();
        List<CompletableFuture<Long>> waiting = batch(3, i -> tx -> {
            tx.onRollback(() -> steps.add("reset " + i));
            tx.afterCommit(() -> steps.add("commit " + i));
            long id = NoteStore.insert(tx, "note " + i);
            if (i == 2) {
                throw new IllegalArgumentException("undone");
            }
            return id;
        });
        assertThatThrownBy(waiting.remove(2)::join).hasRootCauseMessage("undone");
        waiting.forEach(CompletableFuture::join);
        assertThat(steps).containsExactly("reset 2", "reset 1", "reset 0", "commit 0", "commit 1");
    }

    @Test
    void a_job_refused_because_of_a_rolled_back_write_is_run_again() {
        List<CompletableFuture<Long>> waiting = batch(3, i -> tx -> switch (i) {
            case 0 -> {
                NoteStore.insert(tx, "first");
                NoteStore.insert(tx, "one more");
                yield 0L;
            }
            case 1 -> {
                ResultSet count = tx.statement("SELECT count(*) FROM notes WHERE text = 'third'")
                        .executeQuery();
                count.next();
                yield count.getLong(1);
            }
            default -> {
                NoteStore.insert(tx, "third");
                throw new IllegalArgumentException("undone");
            }
        });
        assertThat(waiting.get(1).join()).isZero();
        assertThat(NoteStore.texts(store)).containsExactly("first", "one more");
    }

    @Test
    void an_action_after_the_commit_runs_before_the_caller_is_answered() {
        List<String> order = new ArrayList<>();
        store.write(tx -> {
            tx.afterCommit(() -> order.add("action"));
            return NoteStore.insert(tx, "x");
        });
        order.add("answered");
        assertThat(order).containsExactly("action", "answered");
    }

    @Test
    void an_open_cursor_is_closed_with_its_job() {
        store.write(tx -> NoteStore.insert(tx, "a") + NoteStore.insert(tx, "b"));
        String first = store.read(tx -> {
            ResultSet rows = tx.statement("SELECT text FROM notes").executeQuery();
            rows.next();
            return rows.getString(1);
        });
        store.write(tx -> NoteStore.insert(tx, "c"));
        assertThat(first).isEqualTo("a");
        assertThat(NoteStore.texts(store)).containsExactly("a", "b", "c");
    }

    @Test
    void a_reader_cannot_write() {
        assertThatThrownBy(
                        () -> store.read(tx -> tx.statement("DELETE FROM notes").executeUpdate()))
                .hasMessageMatching("(?s).*read.?only.*");
    }

    @Test
    void waiting_for_a_write_inside_a_write_is_a_mistake_that_is_named() {
        assertThatThrownBy(() -> store.write(tx -> store.write(inner -> 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must not wait");
        assertThatThrownBy(() -> store.read(tx -> store.read(inner -> 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("must not wait");
    }

    @Test
    void a_closed_store_says_so() {
        store.close();
        assertThatThrownBy(() -> store.write(tx -> 1))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> store.read(tx -> 1))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("closed");
    }

    @Test
    void writers_in_many_threads_each_see_what_came_before() throws Exception {
        store.write(tx -> NoteStore.insert(tx, "0"));
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (int n = 0; n < 25; n++) {
                    store.write(tx -> NoteStore.insert(tx, Integer.toString(NoteStore.count(tx))));
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(NoteStore.texts(store))
                .containsExactlyElementsOf(java.util.stream.IntStream.range(0, 201)
                        .mapToObj(Integer::toString)
                        .toList());
    }

    @Test
    void a_read_sees_one_moment_however_long_it_takes() {
        store.write(tx -> NoteStore.insert(tx, "before"));
        store.read(tx -> {
            assertThat(NoteStore.count(tx)).isEqualTo(1);
            Thread writer = Thread.ofVirtual().start(() -> store.write(other -> NoteStore.insert(other, "meanwhile")));
            join(writer);
            assertThat(NoteStore.count(tx)).isEqualTo(1);
            return 0;
        });
        assertThat(NoteStore.texts(store)).containsExactly("before", "meanwhile");
    }

    @Test
    void texts_are_ordered_by_their_bytes() {
        for (String text : List.of("b", "B", "ä", "a", "_", "Z")) {
            store.write(tx -> NoteStore.insert(tx, text));
        }
        List<String> sorted = store.read(tx -> {
            List<String> texts = new ArrayList<>();
            ResultSet rows =
                    tx.statement("SELECT text FROM notes ORDER BY text").executeQuery();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        });
        assertThat(sorted).containsExactly("B", "Z", "_", "a", "b", "ä");
    }

    @Test
    void a_whole_store_has_no_problem() {
        assertThat(store.integrityCheck()).isEmpty();
        assertThat(store.schemaCheck(NoteStore.FIRST)).isEmpty();
        assertThat(store.schemaCheck(NoteStore.BOTH)).isNotEmpty();
        assertThat(store.problem()).isNull();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Queues jobs behind one that holds the writer back, so that they form one batch. */
    private <T> List<CompletableFuture<T>> batch(int size, java.util.function.IntFunction<WriteJob<T>> job) {
        CountDownLatch queued = new CountDownLatch(1);
        CountDownLatch holding = new CountDownLatch(1);
        CompletableFuture<Integer> holder = store.submit(tx -> {
            holding.countDown();
            await(queued);
            return 0;
        });
        await(holding);
        List<CompletableFuture<T>> futures = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            futures.add(store.submit(job.apply(i)));
        }
        queued.countDown();
        holder.join();
        return futures;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
