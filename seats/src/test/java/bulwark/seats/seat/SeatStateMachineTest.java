package bulwark.seats.seat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.seats.seat.SeatStateMachine.TransitionRefused;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SeatStateMachineTest {
    /** As the specification has it, written down a second time. */
    private static final Set<String> SPECIFIED = Set.of(
            "null>CREATED",
            "CREATED>ALLOWLISTED",
            "ALLOWLISTED>CREATED",
            "ALLOWLISTED>DEPOSITED",
            "DEPOSITED>SEEN_BY_CL",
            "SEEN_BY_CL>ACTIVE",
            "CREATED>EXCEPTION",
            "ALLOWLISTED>EXCEPTION",
            "DEPOSITED>EXCEPTION",
            "SEEN_BY_CL>EXCEPTION",
            "ACTIVE>EXCEPTION",
            "EXCEPTION>REVOKED",
            "ACTIVE>REVOKED",
            "CREATED>REVOKED",
            "ALLOWLISTED>REVOKED");

    private static final String CREDENTIALS = "0x01" + "00".repeat(11) + "12".repeat(20);

    @TempDir
    Path folder;

    private SeatRows rows;

    @BeforeEach
    void open() {
        rows = new SeatRows(folder);
    }

    @AfterEach
    void close() {
        rows.close();
    }

    private static Map<String, String> evidence(String from, String to) {
        Map<String, String> evidence = new HashMap<>();
        SeatStateMachine.evidence(from, to).orElse(Set.of("reason")).forEach(member -> evidence.put(member, "said"));
        return evidence;
    }

    private boolean move(String from, String to, Map<String, String> evidence) {
        return rows.store.<Boolean>write(tx -> rows.states.move(
                tx, 1, from, to, evidence, SeatEvents.moved("test", 1, from, to, evidence), "request"));
    }

    private long transitions() {
        return rows.store.<Integer>read(tx -> SeatTable.history(tx, 1).size());
    }

    @Test
    void the_ways_of_a_seat_are_those_of_the_specification_and_no_others() {
        List<String> froms = new ArrayList<>(SeatStateMachine.STATES);
        froms.add(null);
        for (String from : froms) {
            for (String to : SeatStateMachine.STATES) {
                assertThat(SeatStateMachine.allows(from, to))
                        .as(from + " to " + to)
                        .isEqualTo(SPECIFIED.contains(from + ">" + to));
            }
        }
    }

    @Test
    void a_random_life_keeps_to_the_table_and_leaves_one_row_for_each_step() {
        rows.create(1, "0x" + "ab".repeat(48), CREDENTIALS);
        Random random = new Random(286);
        String state = "CREATED";
        long steps = 1;
        for (int i = 0; i < 400; i++) {
            String to = SeatStateMachine.STATES.get(random.nextInt(SeatStateMachine.STATES.size()));
            String from = state;
            if (to.equals(state)) {
                assertThat(move(from, to, Map.of())).isFalse();
            } else if (SPECIFIED.contains(from + ">" + to)) {
                assertThat(move(from, to, evidence(from, to))).isTrue();
                state = to;
                steps++;
            } else {
                assertThatThrownBy(() -> move(from, to, evidence(from, to))).isInstanceOf(TransitionRefused.class);
            }
            assertThat(rows.seat(1)).extracting(Seat::status, Seat::version).containsExactly(state, steps);
            assertThat(transitions()).isEqualTo(steps);
        }
    }

    @Test
    void each_piece_of_evidence_is_needed_and_its_absence_writes_nothing() {
        rows.create(1, "0x" + "ab".repeat(48), CREDENTIALS);
        List<String> life =
                List.of("CREATED", "ALLOWLISTED", "DEPOSITED", "SEEN_BY_CL", "ACTIVE", "EXCEPTION", "REVOKED");
        for (int i = 0; i + 1 < life.size(); i++) {
            String from = life.get(i);
            String to = life.get(i + 1);
            for (String member : SeatStateMachine.evidence(from, to).orElseThrow()) {
                Map<String, String> less = evidence(from, to);
                less.put(member, " ");
                assertThatThrownBy(() -> move(from, to, less)).hasMessageContaining(member);
                less.remove(member);
                assertThatThrownBy(() -> move(from, to, less)).hasMessageContaining(member);
            }
            assertThat(rows.seat(1).version()).isEqualTo(i + 1);
            assertThat(move(from, to, evidence(from, to))).isTrue();
        }
    }

    @Test
    void a_seat_that_moved_meanwhile_is_not_moved_by_what_was_decided_before() {
        rows.create(1, "0x" + "ab".repeat(48), CREDENTIALS);
        rows.move(1, "ALLOWLISTED", "DEPOSITED");
        assertThatThrownBy(() -> move("CREATED", "REVOKED", Map.of("reason", "late")))
                .hasMessageContaining("is DEPOSITED by now");
        assertThat(rows.status(1)).isEqualTo("DEPOSITED");
    }

    @Test
    void a_transition_can_neither_be_changed_nor_removed() {
        rows.create(1, "0x" + "ab".repeat(48), CREDENTIALS);
        for (String sql : List.of("UPDATE seat_transitions SET to_state = 'ACTIVE'", "DELETE FROM seat_transitions")) {
            assertThatThrownBy(() ->
                            rows.store.<Integer>write(tx -> tx.statement(sql).executeUpdate()))
                    .hasStackTraceContaining("append-only");
        }
    }
}
