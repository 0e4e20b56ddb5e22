package bulwark.seats.watch;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.beacon.BeaconNode.Header;
import bulwark.seats.beacon.BeaconNode.Spec;
import bulwark.seats.beacon.BeaconValidatorView;
import bulwark.seats.beacon.ValidatorStatus;
import bulwark.seats.seat.Seat;
import bulwark.seats.seat.SeatStateMachine;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ValidatorJudgeTest {
    private static final String KEY = "0x" + "ab".repeat(48);
    private static final String CREDENTIALS = "0x01" + "00".repeat(11) + "12".repeat(20);
    private static final Instant STATE = Instant.parse("2026-06-01T08:00:00Z");
    private static final Spec SPEC = new Spec(32, 12, 256);

    private static Seat seat(String status) {
        return new Seat(1, 1, status, "BYO_BLS", KEY, CREDENTIALS, null, null, "32000000000", 1, "", "");
    }

    private static LabelView view(String label, ValidatorStatus status, String credentials, boolean slashed) {
        Map<String, BeaconValidatorView> validators = status == null
                ? Map.of()
                : Map.of(
                        KEY,
                        new BeaconValidatorView(
                                9,
                                KEY,
                                credentials,
                                status,
                                32_000_000_000L,
                                slashed,
                                40,
                                BeaconValidatorView.FAR_FUTURE));
        return new LabelView(
                label, 100, new Header(3_200, "0x" + "cd".repeat(32)), 100, STATE, validators, Set.of(), SPEC);
    }

    private static LabelView view(String label, ValidatorStatus status) {
        return view(label, status, CREDENTIALS, false);
    }

    private static ValidatorFinding judge(String status, ValidatorRow before, Instant deposit, LabelView... views) {
        return new ValidatorJudge(List.of(views), SPEC, STATE)
                .judge(seat(status), before, Optional.ofNullable(deposit));
    }

    private static ValidatorFinding judge(String status, LabelView... views) {
        return judge(status, ValidatorRow.UNKNOWN, null, views);
    }

    private static List<String> codes(ValidatorFinding finding) {
        return finding.alerts().stream().map(Alert::code).toList();
    }

    @Test
    void two_labels_must_show_the_validator_active_before_the_seat_is() {
        LabelView one = view("one", ValidatorStatus.ACTIVE_ONGOING);
        assertThat(judge("SEEN_BY_CL", one).move()).isNull();
        assertThat(judge("SEEN_BY_CL", one, view("two", ValidatorStatus.PENDING_QUEUED))
                        .move())
                .isNull();
        assertThat(judge("SEEN_BY_CL", one, view("two", null)).move()).isNull();
        ValidatorFinding.Move move = judge("SEEN_BY_CL", one, view("two", ValidatorStatus.ACTIVE_ONGOING))
                .move();
        assertThat(move.to()).isEqualTo("ACTIVE");
        assertThat(move.evidence())
                .containsEntry("cl_labels", "one,two")
                .containsEntry("cl_activation_epoch", "40")
                .containsKeys(SeatStateMachine.evidence("SEEN_BY_CL", "ACTIVE")
                        .orElseThrow()
                        .toArray(String[]::new));
    }

    @Test
    void one_label_is_enough_to_be_seen_and_its_evidence_is_whole() {
        ValidatorFinding.Move move =
                judge("DEPOSITED", view("one", ValidatorStatus.PENDING_QUEUED)).move();
        assertThat(move.to()).isEqualTo("SEEN_BY_CL");
        assertThat(move.evidence())
                .containsKeys(SeatStateMachine.evidence("DEPOSITED", "SEEN_BY_CL")
                        .orElseThrow()
                        .toArray(String[]::new));
    }

    @Test
    void other_credentials_are_an_exception_when_two_labels_show_them_and_a_contradiction_when_one_does() {
        String compounding = CREDENTIALS.replaceFirst("0x01", "0x02");
        LabelView lie = view("one", ValidatorStatus.ACTIVE_ONGOING, compounding, false);
        ValidatorFinding alone = judge("ACTIVE", lie, view("two", ValidatorStatus.ACTIVE_ONGOING));
        assertThat(alone.move()).isNull();
        assertThat(codes(alone)).containsExactly("CL_LABELS_DISAGREE");
        assertThat(judge("ACTIVE", lie).move()).isNull();
        ValidatorFinding both = judge("ACTIVE", lie, view("two", ValidatorStatus.ACTIVE_ONGOING, compounding, false));
        assertThat(both.move().to()).isEqualTo("EXCEPTION");
        assertThat(both.move().evidence()).containsEntry("reason", "CREDENTIALS_CHANGED");
    }

    @Test
    void a_deposit_that_neither_waits_nor_made_a_validator_was_dropped_when_two_late_states_say_so() {
        LabelView one = view("one", null);
        LabelView two = view("two", null);
        assertThat(judge("DEPOSITED", ValidatorRow.UNKNOWN, STATE.plusSeconds(1), one, two)
                        .move())
                .as("the states are older than the deposit")
                .isNull();
        assertThat(judge("DEPOSITED", ValidatorRow.UNKNOWN, STATE, one).move()).isNull();
        assertThat(judge("DEPOSITED", ValidatorRow.UNKNOWN, null, one, two).move())
                .isNull();
        LabelView waits = new LabelView("two", 100, two.header(), 100, STATE, Map.of(), Set.of(KEY), SPEC);
        assertThat(judge("DEPOSITED", ValidatorRow.UNKNOWN, STATE, one, waits).move())
                .isNull();
        ValidatorFinding dropped = judge("DEPOSITED", ValidatorRow.UNKNOWN, STATE, one, two);
        assertThat(dropped.move().evidence()).containsEntry("reason", "DEPOSIT_DROPPED");
        assertThat(codes(dropped)).containsExactly("DEPOSIT_DROPPED");
    }

    @Test
    void a_slashing_that_one_label_shows_is_an_alert_and_moves_no_seat() {
        ValidatorFinding finding = judge(
                "ACTIVE",
                view("one", ValidatorStatus.ACTIVE_SLASHED, CREDENTIALS, true),
                view("two", ValidatorStatus.ACTIVE_ONGOING));
        assertThat(codes(finding)).containsExactly("VALIDATOR_SLASHED");
        assertThat(finding.move()).isNull();
        assertThat(finding.observed()).as("the labels do not agree on a status").isNull();
    }

    @Test
    void an_exit_that_the_consensus_layer_ignored_is_an_alert_after_four_epochs_and_not_before() {
        long span = ValidatorJudge.EXIT_EPOCHS * 32 * 12;
        LabelView[] views = {view("one", ValidatorStatus.ACTIVE_ONGOING), view("two", ValidatorStatus.ACTIVE_ONGOING)};
        ValidatorRow asked = new ValidatorRow(9L, "active_ongoing", 99L, "0xaa", STATE.getEpochSecond() - span);
        assertThat(codes(judge("ACTIVE", asked, null, views))).isEmpty();
        ValidatorRow longer = asked.exitAsked("0xaa", STATE.getEpochSecond() - span - 1);
        assertThat(codes(judge("ACTIVE", longer, null, views))).containsExactly("EXIT_REQUEST_IGNORED");
    }

    @Test
    void an_exit_that_nobody_here_asked_for_is_an_alert_and_one_that_was_asked_for_is_not() {
        LabelView[] views = {view("one", ValidatorStatus.ACTIVE_EXITING), view("two", ValidatorStatus.ACTIVE_EXITING)};
        ValidatorFinding finding = judge("ACTIVE", views);
        assertThat(codes(finding)).containsExactly("UNEXPECTED_EXIT");
        assertThat(finding.observed().status()).isEqualTo("active_exiting");
        ValidatorRow asked = ValidatorRow.UNKNOWN.exitAsked("0xaa", 1);
        assertThat(codes(judge("ACTIVE", asked, null, views))).isEmpty();
    }

    @Test
    void a_validator_that_no_label_shows_any_more_is_an_alert_and_an_exception_repeats_none() {
        assertThat(codes(judge("ACTIVE", view("one", null), view("two", null)))).containsExactly("VALIDATOR_MISSING");
        assertThat(codes(judge("ACTIVE", view("one", null)))).isEmpty();
        assertThat(codes(judge("EXCEPTION", view("one", null), view("two", null))))
                .isEmpty();
    }

    @Test
    void labels_that_show_different_indices_or_activations_move_nothing() {
        LabelView other = new LabelView(
                "two",
                100,
                new Header(3_200, "0x" + "cd".repeat(32)),
                100,
                STATE,
                Map.of(
                        KEY,
                        new BeaconValidatorView(
                                9, KEY, CREDENTIALS, ValidatorStatus.ACTIVE_ONGOING, 1, false, 41, Long.MAX_VALUE)),
                Set.of(),
                SPEC);
        ValidatorFinding finding = judge("SEEN_BY_CL", view("one", ValidatorStatus.ACTIVE_ONGOING), other);
        assertThat(finding.move()).isNull();
        assertThat(codes(finding)).containsExactly("CL_LABELS_DISAGREE");
    }
}
