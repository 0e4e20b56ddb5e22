package bulwark.seats.seat;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.seat.SeatFilter.Condition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The list of seats, page by page. Every third seat is ACTIVE, every tenth id is missing. */
@Timeout(120)
class SeatPageTest {
    private static final int SEATS = 400;
    private static final String CREDENTIALS = "0x01" + "00".repeat(11) + "12".repeat(20);

    @TempDir
    Path folder;

    private SeatRows rows;

    @BeforeEach
    void start() {
        rows = new SeatRows(folder);
        rows.create(1, key(1), CREDENTIALS);
        rows.store.<Integer>write(tx -> tx.statement("INSERT INTO seats (id, operator_id, status, custody, pubkey,"
                        + " withdrawal_credentials, amount_gwei, version, created_at, updated_at)"
                        + " WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < " + SEATS + ")"
                        + " SELECT i, 1, CASE WHEN i % 3 = 0 THEN 'ACTIVE' ELSE 'CREATED' END, 'BYO_BLS',"
                        + " '0x' || printf('%096x', i), '" + CREDENTIALS
                        + "', '32000000000', 1, '', '' FROM n WHERE i % 10 <> 0")
                .executeUpdate());
    }

    @AfterEach
    void stop() {
        rows.close();
    }

    private static String key(long id) {
        return String.format("0x%096x", id);
    }

    private List<Long> page(SeatFilter filter, long after, long offset, long limit) {
        return rows.store.<List<Seat>>read(tx -> SeatTable.page(tx, filter, after, offset, limit)).stream()
                .map(Seat::id)
                .toList();
    }

    private long count(SeatFilter filter) {
        return rows.store.<Long>read(tx -> SeatTable.count(tx, filter));
    }

    private static List<Long> expected(boolean active) {
        return LongStream.rangeClosed(1, SEATS)
                .filter(id -> id % 10 != 0 && (!active || id % 3 == 0))
                .boxed()
                .toList();
    }

    @Test
    void pages_by_key_and_pages_by_number_are_the_whole_list_each_seat_once() {
        for (boolean active : new boolean[] {false, true}) {
            SeatFilter filter = active ? SeatFilter.NONE.with(Condition.STATUS, "ACTIVE") : SeatFilter.NONE;
            List<Long> all = expected(active);
            List<Long> byKey = new ArrayList<>();
            List<Long> byNumber = new ArrayList<>();
            long after = 0;
            for (int offset = 0; offset <= all.size(); offset += 7) {
                List<Long> next = page(filter, after, 0, 7);
                byKey.addAll(next);
                after = next.isEmpty() ? after : next.getLast();
                byNumber.addAll(page(filter, 0, offset, 7));
            }
            assertThat(byKey).isEqualTo(all);
            assertThat(byNumber).isEqualTo(all);
            assertThat(count(filter)).isEqualTo(all.size());
            assertThat(page(filter, 0, all.size(), 7)).isEmpty();
            assertThat(page(filter, all.get(4), 2, 3)).isEqualTo(all.subList(7, 10));
        }
    }

    @Test
    void each_condition_alone_and_with_all_others_finds_the_same_seat() {
        rows.store.<Integer>write(tx -> tx.statement("UPDATE seats SET vault_address = '0x" + "34".repeat(20)
                        + "', beneficiary = '0x" + "56".repeat(20) + "' WHERE id = 33")
                .executeUpdate());
        operation(33, "op-1", "QUEUED");
        operation(33, "op-2", "FAILED");
        operation(34, "op-3", "CONFIRMED");
        List<Object> values =
                List.of(33L, key(33), "0x" + "34".repeat(20), "0x" + "56".repeat(20), true, true, "ACTIVE", 1L, true);
        SeatFilter all = SeatFilter.NONE;
        Set<Condition> unselective = EnumSet.of(Condition.STATUS, Condition.OPERATOR, Condition.HAS_PUBKEY);
        for (Condition condition : Condition.values()) {
            SeatFilter alone = SeatFilter.NONE.with(condition, values.get(condition.ordinal()));
            if (unselective.contains(condition)) {
                assertThat(page(alone, 32, 0, 1)).as(condition.name()).containsExactly(33L);
            } else {
                assertThat(page(alone, 0, 0, 10)).as(condition.name()).containsExactly(33L);
                assertThat(count(alone)).isEqualTo(1);
            }
            all = all.with(condition, values.get(condition.ordinal()));
        }
        assertThat(page(all, 0, 0, 10)).containsExactly(33L);
        assertThat(page(all.with(Condition.STATUS, "REVOKED"), 0, 0, 10)).isEmpty();
        assertThat(count(SeatFilter.NONE.with(Condition.HAS_PUBKEY, false))).isZero();
        assertThat(count(SeatFilter.NONE.with(Condition.PENDING_OPERATION, false)))
                .isEqualTo(expected(false).size() - 1);
        assertThat(page(
                        SeatFilter.NONE.with(Condition.STATUS, "ACTIVE").with(Condition.FAILED_OPERATION, false),
                        32,
                        0,
                        1))
                .containsExactly(36L);
    }

    @Test
    void there_are_few_texts_of_statements_whatever_is_asked_for() {
        Set<String> texts = new HashSet<>();
        Condition[] conditions = Condition.values();
        for (int mask = 0; mask < 1 << conditions.length; mask++) {
            SeatFilter filter = SeatFilter.NONE;
            for (int i = 0; i < conditions.length; i++) {
                filter = filter.with(conditions[i], (mask & 1 << i) == 0 ? null : "1");
            }
            texts.add(filter.condition());
        }
        assertThat(texts).hasSizeLessThanOrEqualTo(2 * conditions.length);
    }

    private void operation(long seat, String id, String status) {
        rows.store.<Integer>write(tx -> tx.statement("INSERT INTO operations (id, number, plan_digest, seat_id, kind,"
                        + " status, plan, approvals, attempts, error_code, error, actor, request_id, created_at,"
                        + " updated_at) VALUES ('" + id + "', (SELECT count(*) + 1 FROM operations), '"
                        + id.repeat(16) + "', " + seat + ", 'approve', '"
                        + status + "', '', '', 0, '', '', '', '', '', '')")
                .executeUpdate());
    }
}
