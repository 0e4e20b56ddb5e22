package bulwark.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.quota.Quotas.Decision;
import bulwark.kernel.quota.Quotas.Limit;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.SettableClock;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class QuotaPersistenceTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));

    @TempDir
    Path directory;

    private Store store;

    /** The contract holds on every engine. */
    protected Store openStore(Path file, Migrations migrations) {
        return Store.open(file, migrations, Store.SchemaPolicy.CREATE_OR_UPGRADE);
    }

    @BeforeEach
    void open() {
        store = openStore(
                directory.resolve("q.db"),
                new Migrations(List.of(
                        "db/kernel/V001__outbox.sql",
                        "db/kernel/V002__api_keys.sql",
                        "db/kernel/V003__quota_buckets.sql")));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void a_restart_does_not_refill_a_quota() {
        spend(3);
        Quotas after = quotas();
        try (QuotaPersistence persistence = QuotaPersistence.restore(after, store)) {
            assertThat(granted(after)).isFalse();
            clock.advance(Duration.ofSeconds(10));
            assertThat(granted(after)).isTrue();
            assertThat(granted(after)).isFalse();
        }
    }

    @Test
    void an_error_while_buckets_are_saved_ends_nothing_and_health_says_so() {
        AtomicBoolean failing = new AtomicBoolean();
        Quotas fragile = Quotas.of(Map.of("write", new Quotas.Limit(3, 0.1)), new Clock() {
            @Override
            public Instant instant() {
                if (failing.compareAndSet(true, false)) {
                    throw new StackOverflowError("made up");
                }
                return clock.instant();
            }

            @Override
            public ZoneId getZone() {
                return clock.getZone();
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        });
        try (QuotaPersistence persistence = QuotaPersistence.restore(fragile, store)) {
            assertThat(fragile.tryAcquire("agent:a", "default", "write")).isInstanceOf(Quotas.Decision.Granted.class);
            failing.set(true);
            await().atMost(Duration.ofSeconds(25)).until(() -> rows() == 1);
            assertThat(failing).as("the error came").isFalse();
            assertThat(EssentialThread.problems()).anyMatch(problem -> problem.contains("quota-save"));
        }
    }

    @Test
    void time_that_passed_while_stopped_refills() {
        spend(3);
        clock.advance(Duration.ofSeconds(20));
        Quotas after = quotas();
        try (QuotaPersistence persistence = QuotaPersistence.restore(after, store)) {
            assertThat(granted(after)).isTrue();
            assertThat(granted(after)).isTrue();
            assertThat(granted(after)).isFalse();
        }
    }

    @Test
    void buckets_that_are_full_again_leave_no_rows() {
        spend(3);
        assertThat(rows()).isEqualTo(1);
        clock.advance(Duration.ofHours(1));
        QuotaPersistence.restore(quotas(), store).close();
        assertThat(rows()).isZero();
    }

    @Test
    void an_unchanged_bucket_is_not_written_again() {
        Quotas quotas = quotas();
        granted(quotas);
        assertThat(quotas.takeChanged()).hasSize(1);
        assertThat(quotas.takeChanged()).isEmpty();
    }

    private void spend(int tokens) {
        Quotas quotas = quotas();
        try (QuotaPersistence persistence = QuotaPersistence.restore(quotas, store)) {
            for (int i = 0; i < tokens; i++) {
                assertThat(granted(quotas)).isTrue();
            }
        }
    }

    private Quotas quotas() {
        return Quotas.of(Map.of("fact_write", new Limit(3, .1)), clock);
    }

    private static boolean granted(Quotas quotas) {
        return quotas.tryAcquire("agent:a", "default", "fact_write") instanceof Decision.Granted;
    }

    private long rows() {
        return store.read(tx -> {
            try (ResultSet rows =
                    tx.statement("SELECT count(*) FROM quota_buckets").executeQuery()) {
                return rows.next() ? rows.getLong(1) : -1;
            }
        });
    }
}
