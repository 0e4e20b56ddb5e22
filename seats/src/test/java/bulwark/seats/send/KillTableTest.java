package bulwark.seats.send;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KillTableTest {
    private final KillTable table = KillTable.read();

    @Test
    void every_pair_of_kind_and_step_is_named_once() {
        int pairs = SeatWalk.STAGES.size() * SendStep.values().length;
        assertThat(table.stages()).isEqualTo(SeatWalk.STAGES);
        assertThat(table.lines()).allMatch(line -> line.size() == SeatWalk.STAGES.size());
        assertThat(table.lines().size() * SeatWalk.STAGES.size()).isEqualTo(pairs);
        assertThat(table.ofSeats(table.lines().size())).hasSize(pairs);
    }

    @Test
    void seats_behind_the_last_line_begin_again() {
        int lines = table.lines().size();
        assertThat(table.of(lines, SeatWalk.STAGES.getFirst())).isEqualTo(table.of(0, SeatWalk.STAGES.getFirst()));
        assertThat(table.ofSeats(3 * lines)).isEqualTo(table.ofSeats(lines));
    }
}
