package bulwark.kernel.evidence.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.SqliteStore;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.SettableClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class AuditLogTest {
    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T12:00:00Z"));
    private Store store;
    private AuditLog log;

    /** The contract holds on every engine. */
    protected Store openStore(Path file, Migrations migrations) {
        return Store.open(file, migrations, Store.SchemaPolicy.CREATE_OR_UPGRADE);
    }

    @BeforeEach
    void open() {
        store = openStore(folder.resolve("audit.db"), TestAudit.MIGRATION);
        log = AuditLog.open(store, TestAudit.TABLE, clock);
    }

    @AfterEach
    void close() {
        log.close();
        store.close();
    }

    @Test
    void a_row_is_bound_to_the_one_before_by_a_hash_that_anyone_can_recompute() {
        AuditRow first = append("fact_write");
        AuditRow second = append("fact_write");
        assertThat(first.seq()).isEqualTo(1);
        assertThat(first.previousHash()).isNull();
        assertThat(second.previousHash()).isEqualTo(first.rowHash());
        Map<String, Object> columns = new HashMap<>();
        columns.put("seq", 2);
        columns.put("id", second.id());
        columns.put("event_type", "fact_write");
        columns.put("actor", "agent:a");
        columns.put("subject", "fact-1");
        columns.put("source", "test \"source\"\n\u0001");
        columns.put("ts", "2026-03-01T12:00:00.000000+00:00");
        columns.put("tenant_id", "default");
        columns.put("detail", "{\"a\":\"ü\",\"n\":1}");
        columns.put("prev_hash", first.rowHash());
        assertThat(second.rowHash()).isEqualTo(Digests.sha256Hex(CanonicalJson.bytes(columns)));
        assertThat(fsck()).isEmpty();
        assertThat(store.read(log::head)).contains(new ChainHead("test_audit", 2, second.rowHash()));
    }

    @Test
    void rows_read_back_as_they_were_written() {
        AuditRow row = append("fact_write");
        assertThat(page(null, null, 10).rows()).containsExactly(row);
        assertThat(row.id()).matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    }

    @Test
    void an_error_in_the_thread_that_writes_rows_later_does_not_end_it() {
        log.close();
        AtomicInteger errors = new AtomicInteger();
        Clock failing = new Clock() {
            @Override
            public Instant instant() {
                if (Thread.currentThread().getName().startsWith("audit-later") && errors.getAndIncrement() < 2) {
                    throw new StackOverflowError("made up");
                }
                return clock.instant();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        log = AuditLog.open(store, TestAudit.TABLE, failing);
        log.appendLater(new AuditEvent("late", null, "default", null, null, Map.of()));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> page(null, null, 10).rows().size() == 1);
        assertThat(EssentialThread.problems()).anyMatch(problem -> problem.contains("audit-later"));
    }

    @Test
    void the_chain_goes_on_after_reopening() {
        append("one");
        close();
        open();
        assertThat(append("two").seq()).isEqualTo(2);
        assertThat(fsck()).isEmpty();
    }

    @Test
    void a_row_goes_with_the_transaction_that_it_records() {
        append("kept");
        assertThatThrownBy(() -> store.write(tx -> {
                    log.append(tx, event("undone"));
                    throw new IllegalArgumentException("no");
                }))
                .hasMessage("no");
        assertThat(append("next").seq()).isEqualTo(2);
        assertThat(fsck()).isEmpty();
    }

    @Test
    void two_tables_of_a_store_have_chains_of_their_own() {
        try (AuditLog other = AuditLog.open(store, TestAudit.OTHER, clock)) {
            append("a");
            AuditRow row = store.write(tx -> other.append(tx, event("b")));
            assertThat(row.seq()).isEqualTo(1);
            assertThat(store.read(other::fsck)).isEmpty();
        }
    }

    @Test
    void rows_cannot_be_changed_deleted_or_replaced_through_the_store() {
        append("a");
        append("b");
        for (String sql : List.of(
                "UPDATE test_audit SET detail = '{}' WHERE seq = 1",
                "DELETE FROM test_audit WHERE seq = 2",
                store instanceof SqliteStore
                        ? "INSERT OR REPLACE INTO test_audit SELECT * FROM test_audit WHERE seq = 1"
                        : "TRUNCATE test_audit",
                "INSERT INTO test_audit SELECT 9, id, event_type, actor, subject, source,"
                        + " ts, tenant_id, detail, prev_hash, row_hash FROM test_audit WHERE seq = 1")) {
            assertThatThrownBy(() -> store.write(tx -> tx.statement(sql).executeUpdate()))
                    .as(sql)
                    .hasMessageContaining("test_audit");
        }
        assertThat(fsck()).isEmpty();
    }

    @Test
    void later_rows_are_written_soon_without_being_asked() {
        log.appendLater(event("fact_read"));
        await().atMost(Duration.ofSeconds(5)).until(() -> page(null, null, 10).total() == 1);
    }

    @Test
    void later_rows_share_commits_and_keep_their_order() {
        long commits = store.stats().commits();
        for (int i = 0; i < 900; i++) {
            log.appendLater(event("fact_read_" + i));
        }
        log.flush();
        List<AuditRow> rows = page(0L, null, 1000).rows();
        assertThat(rows).hasSize(900).element(899).extracting(AuditRow::type).isEqualTo("fact_read_899");
        assertThat(store.stats().commits() - commits).isLessThan(20);
        assertThat(fsck()).isEmpty();
    }

    @Test
    void what_the_queue_cannot_hold_is_counted() throws Exception {
        assumeTrue(store instanceof SqliteStore, "SKIPPED: the queue is the same on every engine");
        java.util.concurrent.CountDownLatch release = new java.util.concurrent.CountDownLatch(1);
        store.submit(tx -> {
            waitFor(release);
            return 0;
        });
        for (int i = 0; i < 60_000; i++) {
            log.appendLater(event("fact_read"));
        }
        release.countDown();
        log.flush();
        log.flush();
        long[] written = {0};
        store.read(tx -> {
            var rows = tx.statement("SELECT detail FROM test_audit").executeQuery();
            while (rows.next()) {
                String detail = rows.getString(1);
                written[0] += detail.contains("suppressed") ? Long.parseLong(detail.replaceAll("\\D", "")) : 1;
            }
            return 0;
        });
        assertThat(written[0]).isEqualTo(60_000);
        assertThat(page(null, null, 1).total()).isLessThan(60_000);
    }

    @Test
    void a_refusal_is_durable_when_the_call_returns() {
        log.refusal(event("quota_breach"), "quota");
        assertThat(page(null, null, 10).total()).isEqualTo(1);
    }

    @Test
    void a_flood_of_refusals_becomes_a_hundred_rows_and_one_that_counts_the_rest() {
        for (int i = 0; i < 250; i++) {
            log.refusal(event("quota_breach"), "quota");
        }
        log.refusal(event("quota_breach"), "another reason");
        assertThat(page(null, null, 1000).total()).isEqualTo(101);
        clock.advance(Duration.ofMinutes(1));
        await().atMost(Duration.ofSeconds(5)).until(() -> page(null, null, 1).total() == 102);
        AuditRow count = page(null, null, 1).rows().getFirst();
        assertThat(count.detail()).isEqualTo("{\"reason\":\"quota\",\"suppressed\":150}");
        assertThat(count.type()).isEqualTo("quota_breach");
        assertThat(count.actor()).isEqualTo("agent:a");
        log.refusal(event("quota_breach"), "quota");
        assertThat(page(null, null, 1).total()).isEqualTo(103);
    }

    @Test
    void the_counts_of_a_minute_survive_a_stop_in_its_middle() {
        for (int i = 0; i < 103; i++) {
            log.refusal(event("quota_breach"), "quota");
        }
        close();
        open();
        assertThat(page(null, null, 1).rows().getFirst().detail()).contains("\"suppressed\":3");
    }

    @Test
    void a_listener_hears_of_committed_rows_only() {
        List<String> heard = new ArrayList<>();
        log.onRow(row -> heard.add(row.type()));
        append("a");
        assertThatThrownBy(() -> store.write(tx -> {
            log.append(tx, event("b"));
            throw new IllegalArgumentException("no");
        }));
        assertThat(heard).containsExactly("a");
    }

    @Test
    void without_a_position_the_newest_rows_come_in_ascending_order() {
        appendMany(10);
        AuditLog.Page page = page(null, null, 3);
        assertThat(page.rows()).extracting(AuditRow::seq).containsExactly(8L, 9L, 10L);
        assertThat(page.total()).isEqualTo(10);
        assertThat(page.nextCursor()).isEqualTo(-8L);
    }

    @Test
    void a_cursor_walks_all_rows_once() {
        appendMany(10);
        List<Long> seen = new ArrayList<>();
        Long cursor = 0L;
        while (cursor != null) {
            AuditLog.Page page = page(cursor, null, 4);
            assertThat(page.total()).isEqualTo(10);
            page.rows().forEach(row -> seen.add(row.seq()));
            cursor = page.nextCursor();
        }
        assertThat(seen).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    }

    @Test
    void a_walk_from_the_newest_page_reaches_the_oldest_row() {
        appendMany(10);
        List<Long> seen = new ArrayList<>();
        Long cursor = null;
        do {
            AuditLog.Page page = page(cursor, null, 4);
            page.rows().reversed().forEach(row -> seen.add(row.seq()));
            cursor = page.nextCursor();
        } while (cursor != null);
        assertThat(seen).containsExactly(10L, 9L, 8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L);
    }

    @Test
    void since_and_until_are_inclusive_and_start_with_the_oldest() {
        appendMany(10);
        Instant since = Instant.parse("2026-03-01T12:00:03Z");
        Instant until = Instant.parse("2026-03-01T12:00:05Z");
        AuditLog.Page page =
                store.read(tx -> log.page(tx, new AuditLog.Query("default", since, until, null, null, null, 2)));
        assertThat(page.rows()).extracting(AuditRow::ts).first().isEqualTo("2026-03-01T12:00:03.000000+00:00");
        assertThat(page.rows()).hasSize(2);
        assertThat(page.total()).isEqualTo(3);
        assertThat(page.nextCursor()).isEqualTo(page.rows().get(1).seq());
    }

    @Test
    void filters_count_what_they_match() {
        appendMany(3);
        append("quota_breach");
        AuditLog.Query byType = new AuditLog.Query("default", null, null, null, "quota_breach", null, 1);
        assertThat(store.read(tx -> log.page(tx, byType)).total()).isEqualTo(1);
        AuditLog.Query byPrincipal = new AuditLog.Query("default", null, null, "agent:b", null, null, 1);
        assertThat(store.read(tx -> log.page(tx, byPrincipal)).total()).isZero();
        AuditLog.Query otherTenant = new AuditLog.Query("other", null, null, null, null, null, 1);
        assertThat(store.read(tx -> log.page(tx, otherTenant)).rows()).isEmpty();
    }

    private void appendMany(int count) {
        for (int i = 0; i < count; i++) {
            append("fact_write");
            clock.advance(Duration.ofSeconds(1));
        }
    }

    private AuditRow append(String type) {
        return store.write(tx -> log.append(tx, event(type)));
    }

    private AuditLog.Page page(Long cursor, String type, int limit) {
        return store.read(tx -> log.page(tx, new AuditLog.Query("default", null, null, null, type, cursor, limit)));
    }

    private List<String> fsck() {
        return store.read(log::fsck);
    }

    private static AuditEvent event(String type) {
        return new AuditEvent(
                type, "agent:a", "default", "fact-1", "test \"source\"\n\u0001", Map.of("n", 1, "a", "ü"));
    }

    private static void waitFor(java.util.concurrent.CountDownLatch latch) throws SQLException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new SQLException(e);
        }
    }
}
