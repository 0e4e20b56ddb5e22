package bulwark.kernel.evidence.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class OutboxTest {
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private final List<String> carriedOut = new CopyOnWriteArrayList<>();
    private Store store;
    private Outbox outbox;

    /** The contract holds on every engine. */
    protected Store openStore(Path file, Migrations migrations) {
        return Store.open(file, migrations, Store.SchemaPolicy.CREATE_OR_UPGRADE);
    }

    @BeforeEach
    void open() {
        store = openStore(folder.resolve("outbox.db"), new Migrations(List.of("db/kernel/V001__outbox.sql")));
        outbox = Outbox.open(store, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        outbox.close();
        store.close();
    }

    @Test
    void an_effect_follows_its_commit_in_order() {
        start();
        for (int i = 0; i < 500; i++) {
            enqueue("key" + i);
        }
        assertThat(outbox.drain(DRAIN_TIMEOUT)).isTrue();
        assertThat(carriedOut).hasSize(500).startsWith("key0", "key1").endsWith("key499");
    }

    @Test
    void a_rolled_back_transaction_triggers_no_effect() {
        start();
        assertThatThrownBy(() -> store.write(tx -> {
            outbox.enqueue(tx, "log", "undone", "{}");
            throw new IllegalArgumentException("no");
        }));
        enqueue("kept");
        assertThat(outbox.drain(DRAIN_TIMEOUT)).isTrue();
        assertThat(carriedOut).containsExactly("kept");
    }

    @Test
    void the_same_key_is_carried_out_once_even_after_it_is_done() {
        start();
        enqueue("one");
        enqueue("one");
        assertThat(outbox.drain(DRAIN_TIMEOUT)).isTrue();
        enqueue("one");
        assertThat(outbox.drain(DRAIN_TIMEOUT)).isTrue();
        assertThat(carriedOut).containsExactly("one");
    }

    @Test
    void effects_left_open_by_a_stop_run_after_reopening() {
        enqueue("left");
        close();
        open();
        start();
        assertThat(outbox.drain(DRAIN_TIMEOUT)).isTrue();
        assertThat(carriedOut).containsExactly("left");
    }

    @Test
    void a_failed_effect_is_retried_and_holds_up_no_other() {
        AtomicInteger tries = new AtomicInteger();
        outbox.handle("log", (key, payload) -> {
            if (key.equals("bad") && tries.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
            carriedOut.add(key);
        });
        outbox.start();
        store.write(tx -> {
            outbox.enqueue(tx, "log", "bad", "{}");
            outbox.enqueue(tx, "log", "good", "{}");
            return 0;
        });
        assertThat(outbox.drain(DRAIN_TIMEOUT)).isTrue();
        assertThat(carriedOut).containsExactly("good", "bad");
        assertThat(tries).hasValue(3);
    }

    @Test
    void a_row_without_a_handler_stays_open() {
        start();
        store.write(tx -> {
            outbox.enqueue(tx, "unknown", "key", "{}");
            return 0;
        });
        enqueue("known");
        assertThat(outbox.drain(Duration.ofMillis(300))).isFalse();
        assertThat(carriedOut).containsExactly("known");
    }

    @Test
    void a_handler_that_throws_an_error_is_tried_again_and_holds_up_no_other_row() {
        AtomicInteger tries = new AtomicInteger();
        outbox.handle("log", (key, payload) -> {
            if (key.equals("bad") && tries.incrementAndGet() < 3) {
                throw new StackOverflowError("made up");
            }
            carriedOut.add(key);
        });
        outbox.start();
        enqueue("bad");
        enqueue("good");
        assertThat(outbox.drain(DRAIN_TIMEOUT)).isTrue();
        assertThat(carriedOut).containsExactly("good", "bad");
    }

    private void start() {
        outbox.handle("log", (key, payload) -> carriedOut.add(key));
        outbox.start();
    }

    private void enqueue(String key) {
        store.write(tx -> {
            outbox.enqueue(tx, "log", key, "{\"n\":1}");
            return 0;
        });
    }

    @Test
    void a_row_that_is_refused_for_good_is_settled_and_told_and_holds_up_nothing() {
        java.util.List<String> told = new java.util.concurrent.CopyOnWriteArrayList<>();
        outbox.onRefused((id, kind, sentence) -> told.add(kind + ": " + sentence));
        outbox.handle("bad", (key, payload) -> {
            throw new OutboxRefused("nobody of us wrote it");
        });
        store.write(tx -> {
            outbox.enqueue(tx, "bad", "k", "{}");
            return 1;
        });
        outbox.start();
        assertThat(outbox.drain(java.time.Duration.ofSeconds(20))).isTrue();
        assertThat(told).containsExactly("bad: nobody of us wrote it");
    }
}
