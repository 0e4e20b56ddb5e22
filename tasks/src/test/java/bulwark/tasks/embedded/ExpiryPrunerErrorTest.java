package bulwark.tasks.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.storage.Store;
import bulwark.tasks.store.WaiterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An error in the thread that prunes is survived and reported, and what expired goes all the same. */
class ExpiryPrunerErrorTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void a_pruner_that_an_error_ended_begins_again() {
        FailingClock clock = new FailingClock();
        try (Store store =
                Store.open(folder.resolve("tasks.db"), TasksSchema.MIGRATIONS, Store.SchemaPolicy.CREATE_OR_UPGRADE)) {
            StoreContext context = new StoreContext(store, clock, new WaiterRegistry());
            new SqliteLocks(context).acquire("a lock", "owner", Duration.ofSeconds(1));
            clock.now = clock.now.plusSeconds(10);
            clock.errors.set(2);
            try (ExpiryPruner pruner = new ExpiryPruner(context, new QueueTable(), Duration.ofMillis(20))) {
                pruner.start();
                await().atMost(DEADLINE).until(() -> locks(store) == 0);

                assertThat(clock.errors).hasNonPositiveValue();
                assertThat(EssentialThread.problems()).anyMatch(problem -> problem.contains("task-store-pruning"));
            }
        }
    }

    private static long locks(Store store) {
        return store.read(tx -> {
            try (var rows = tx.statement("SELECT count(*) FROM task_locks").executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    /** Throws what no code expects, so often as it is told. */
    private static final class FailingClock extends Clock {
        final AtomicInteger errors = new AtomicInteger();
        volatile Instant now = Instant.parse("2026-01-02T03:04:05Z");

        @Override
        public Instant instant() {
            if (errors.getAndDecrement() > 0) {
                throw new StackOverflowError("injected");
            }
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
