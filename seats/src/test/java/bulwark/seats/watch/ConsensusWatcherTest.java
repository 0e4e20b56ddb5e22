package bulwark.seats.watch;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.time.Timestamps;
import bulwark.seats.beacon.ScriptedBeacon;
import bulwark.seats.seat.SeatRows;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class ConsensusWatcherTest {
    private static final String CREDENTIALS = "0x01" + "00".repeat(11) + "12".repeat(20);

    @TempDir
    Path folder;

    private final ScriptedBeacon one = new ScriptedBeacon("one");
    private final ScriptedBeacon two = new ScriptedBeacon("two");
    private SeatRows rows;
    private ConsensusWatcher watcher;

    @BeforeEach
    void start() {
        rows = new SeatRows(folder);
        watcher = new ConsensusWatcher(
                rows.store, List.of(one.node(), two.node()), ScriptedBeacon.FORK_VERSION, rows.clock);
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
        rows.close();
    }

    private static String key(long id) {
        return String.format("0x%096x", id);
    }

    private List<String> alerts() {
        return rows.store.<List<Map<String, Object>>>read(AlertTable::shown).stream()
                .map(alert -> alert.get("code") + " " + alert.get("subject"))
                .toList();
    }

    private void shows(ScriptedBeacon label, long id, String status) {
        label.validator(id, key(id), CREDENTIALS, status);
    }

    @Test
    void a_seat_is_seen_when_one_label_shows_it_and_active_when_two_do() {
        rows.create(1, key(1), CREDENTIALS);
        rows.move(1, "ALLOWLISTED", "DEPOSITED");
        watcher.pass();
        assertThat(rows.status(1)).as("nobody knows it yet").isEqualTo("DEPOSITED");
        shows(one, 1, "active_ongoing");
        watcher.pass();
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("SEEN_BY_CL");
        shows(two, 1, "active_ongoing");
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("ACTIVE");
        ValidatorRow known = rows.store.read(tx -> ValidatorRow.of(tx, 1)).orElseThrow();
        assertThat(known.status()).isEqualTo("active_ongoing");
        Heartbeat beat =
                rows.store.read(tx -> Heartbeat.of(tx, Heartbeat.CONSENSUS)).orElseThrow();
        assertThat(beat.seats()).isEqualTo(1);
        assertThat(beat.isStale(rows.clock.instant(), Duration.ofSeconds(300))).isFalse();
        assertThat(beat.isStale(rows.clock.instant().plusSeconds(301), Duration.ofSeconds(300)))
                .isTrue();
        assertThat(alerts()).isEmpty();
    }

    @Test
    void a_label_that_is_optimistic_syncing_down_or_of_another_network_does_not_count() {
        rows.create(1, key(1), CREDENTIALS);
        rows.move(1, "ALLOWLISTED", "DEPOSITED", "SEEN_BY_CL");
        shows(one, 1, "active_ongoing");
        shows(two, 1, "active_ongoing");
        Map<String, String> lies = Map.of(
                "\"is_optimistic\":false", "\"is_optimistic\":true",
                "\"is_syncing\":false", "\"is_syncing\":true",
                "\"el_offline\":false", "\"el_offline\":true");
        lies.forEach((truth, told) -> {
            two.lies((path, answer) -> answer.replace(truth, told));
            watcher.pass();
            assertThat(rows.status(1)).as(told).isEqualTo("SEEN_BY_CL");
            assertThat(alerts()).contains("CL_LABEL_NOT_FOLLOWING two", "CL_TOO_FEW_LABELS watcher:cl");
        });
        two.lies((path, answer) -> "");
        watcher.pass();
        assertThat(alerts()).contains("CL_LABEL_DOWN two").doesNotContain("CL_LABEL_NOT_FOLLOWING two");
        two.lies((path, answer) -> answer.replace(ScriptedBeacon.FORK_VERSION, "0x00000000"));
        watcher.pass();
        assertThat(alerts()).contains("CL_LABEL_OF_OTHER_NETWORK two");
        assertThat(rows.status(1)).isEqualTo("SEEN_BY_CL");
        assertThat(rows.store.<Optional<Heartbeat>>read(tx -> Heartbeat.of(tx, Heartbeat.CONSENSUS)))
                .as("a look with one label is no success")
                .isEmpty();
        two.lies((path, answer) -> answer);
        watcher.pass();
        assertThat(rows.status(1)).isEqualTo("ACTIVE");
        assertThat(alerts()).isEmpty();
    }

    @Test
    void a_bad_seat_holds_up_no_other_and_its_alert_keeps_its_time() {
        for (long id = 1; id <= 3; id++) {
            rows.create(id, key(id), CREDENTIALS);
            rows.move(id, "ALLOWLISTED", "DEPOSITED", "SEEN_BY_CL");
            shows(one, id, "active_ongoing");
            shows(two, id, "active_ongoing");
        }
        String compounding = CREDENTIALS.replaceFirst("0x01", "0x02");
        one.validator(2, key(2), compounding, "active_ongoing");
        two.validator(2, key(2), compounding, "active_ongoing");
        watcher.pass();
        Instant first = rows.clock.instant();
        assertThat(List.of(rows.status(1), rows.status(2), rows.status(3)))
                .containsExactly("ACTIVE", "EXCEPTION", "ACTIVE");
        rows.clock.advance(Duration.ofHours(1));
        watcher.pass();
        assertThat(rows.store.<List<Map<String, Object>>>read(AlertTable::shown))
                .singleElement()
                .satisfies(alert -> {
                    assertThat(alert)
                            .containsEntry("code", "CREDENTIALS_CHANGED")
                            .containsEntry("severity", "critical");
                    assertThat(alert).containsEntry("since", Timestamps.zulu(first));
                    assertThat(alert.get("nextStep").toString()).endsWith(".");
                });
    }

    @Test
    void ten_thousand_seats_are_at_most_twenty_five_questions_a_label() {
        int seats = 10_000;
        rows.create(1, key(1), CREDENTIALS);
        rows.move(1, "ALLOWLISTED", "DEPOSITED", "SEEN_BY_CL", "ACTIVE");
        rows.store.<Integer>write(tx -> tx.statement("INSERT INTO seats (id, operator_id, status, custody, pubkey,"
                        + " withdrawal_credentials, amount_gwei, version, created_at, updated_at)"
                        + " WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < " + seats + ")"
                        + " SELECT i, 1, 'ACTIVE', 'BYO_BLS', '0x' || printf('%096x', i), '" + CREDENTIALS
                        + "', '32000000000', 1, '', '' FROM n")
                .executeUpdate());
        for (long id = 1; id <= seats; id++) {
            shows(one, id, "active_ongoing");
            shows(two, id, "active_ongoing");
        }
        watcher.pass();
        int before = one.requests();
        assertThat(before).isLessThanOrEqualTo(25);
        long started = System.nanoTime();
        watcher.pass();
        System.out.printf(
                "a look at %d seats: %d ms, %d questions a label%n",
                seats, (System.nanoTime() - started) / 1_000_000, one.requests() - before);
        assertThat(one.requests() - before).isLessThanOrEqualTo(25);
        assertThat(alerts()).isEmpty();
    }
}
