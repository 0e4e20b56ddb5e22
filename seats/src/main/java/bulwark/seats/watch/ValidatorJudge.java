package bulwark.seats.watch;

import bulwark.seats.beacon.BeaconNode.Spec;
import bulwark.seats.beacon.BeaconValidatorView;
import bulwark.seats.beacon.ValidatorStatus;
import bulwark.seats.chain.Preflight;
import bulwark.seats.seat.Seat;
import bulwark.seats.seat.SeatStateMachine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares a seat with what labels show of its validator. One label alone moves no seat further than {@code SEEN_BY_CL}, and into no exception: it cannot be
 * contradicted. Immutable.
 *
 * @param views of labels that follow the chain
 */
record ValidatorJudge(List<LabelView> views, Spec spec, Instant now) {
    static final String SLASHED = "VALIDATOR_SLASHED";
    static final String MISSING = "VALIDATOR_MISSING";
    static final String DISAGREE = "CL_LABELS_DISAGREE";
    static final String EXIT_IGNORED = "EXIT_REQUEST_IGNORED";
    static final String UNEXPECTED_EXIT = "UNEXPECTED_EXIT";
    static final String PENDING_TOP_UP = "PENDING_TOP_UP";

    /** Alerts that each look says anew. */
    static final List<String> CODES =
            List.of(SLASHED, MISSING, DISAGREE, EXIT_IGNORED, UNEXPECTED_EXIT, PENDING_TOP_UP);

    /** Epochs of the final state behind a request, after which its exit should show. */
    static final long EXIT_EPOCHS = 4;

    private static final int ENOUGH = Preflight.MIN_LABELS;

    /** A label and the validator that it shows. */
    private record Shown(LabelView view, BeaconValidatorView validator) {}

    /**
     * @param before what is known of the validator
     * @param depositSeenAt when the deposit of a seat that is {@code DEPOSITED} was read; empty for others
     */
    ValidatorFinding judge(Seat seat, ValidatorRow before, Optional<Instant> depositSeenAt) {
        ValidatorFinding finding = new ValidatorFinding();
        List<Shown> shown = new ArrayList<>();
        List<Shown> foreign = new ArrayList<>();
        for (LabelView view : views) {
            BeaconValidatorView validator = view.validators().get(seat.pubkey());
            if (validator != null) {
                boolean ours = validator.withdrawalCredentials().equals(seat.withdrawalCredentials());
                (ours ? shown : foreign).add(new Shown(view, validator));
            }
        }
        if (!foreign.isEmpty()) {
            credentials(seat, shown, foreign, finding);
        } else if (shown.isEmpty()) {
            absent(seat, depositSeenAt, finding);
        } else {
            present(seat, before, shown, finding);
        }
        return finding;
    }

    /** Also another prefix: a validator that was made compounding takes consolidations. */
    private static void credentials(Seat seat, List<Shown> shown, List<Shown> foreign, ValidatorFinding finding) {
        Shown first = foreign.getFirst();
        String told = first.validator().withdrawalCredentials();
        if (!shown.isEmpty() || foreign.size() < ENOUGH) {
            finding.alert(disagree(seat, first.view().label() + " shows the credentials " + told));
            return;
        }
        Map<String, String> evidence = new LinkedHashMap<>();
        evidence.put("reason", "CREDENTIALS_CHANGED");
        evidence.put("withdrawal_credentials", told);
        evidence.put("cl_label", first.view().label());
        evidence.put("cl_header_root", first.view().header().root());
        finding.alert(Alert.critical(
                "CREDENTIALS_CHANGED",
                Alert.seat(seat.id()),
                "The validator of seat " + seat.id() + " has the credentials " + told + ", and not those of its vault.",
                "Find out who holds the key that changed them: principal would go there."));
        finding.move(SeatStateMachine.EXCEPTION, evidence);
    }

    private void absent(Seat seat, Optional<Instant> depositSeenAt, ValidatorFinding finding) {
        if (!seat.status().equals(SeatStateMachine.DEPOSITED)) {
            if (views.size() >= ENOUGH && !seat.status().equals(SeatStateMachine.EXCEPTION)) {
                finding.alert(
                        Alert.critical(
                                MISSING,
                                Alert.seat(seat.id()),
                                "Seat " + seat.id() + " is " + seat.status() + ", and no label shows its validator.",
                                "Compare the clients of SEAT_MANAGER_CL_API_URLS with another one: they follow another chain."));
            }
            return;
        }
        List<LabelView> late = views.stream()
                .filter(view -> depositSeenAt.isPresent() && !view.time().isBefore(depositSeenAt.get()))
                .toList();
        boolean waits = views.stream().anyMatch(view -> view.pending().contains(seat.pubkey()));
        if (!waits && late.size() >= ENOUGH) {
            finding.alert(Alert.critical(
                    "DEPOSIT_DROPPED",
                    Alert.seat(seat.id()),
                    "The deposit of seat " + seat.id()
                            + " is in the execution layer, and the consensus layer neither has its validator nor lets it wait.",
                    "Look at the signature of the deposit: one that does not count makes no validator, and the principal is"
                            + " lost to the gate."));
            finding.move(
                    SeatStateMachine.EXCEPTION,
                    Map.of(
                            "reason",
                            "DEPOSIT_DROPPED",
                            "cl_label",
                            late.getFirst().label(),
                            "cl_header_root",
                            late.getFirst().header().root()));
        }
    }

    private void present(Seat seat, ValidatorRow before, List<Shown> shown, ValidatorFinding finding) {
        Shown first = shown.getFirst();
        if (shown.stream().anyMatch(each -> each.validator().slashed())) {
            finding.alert(Alert.critical(
                    SLASHED,
                    Alert.seat(seat.id()),
                    "The validator of seat " + seat.id() + " is slashed.",
                    "Stop every machine that holds its key, and settle by hand: less than the principal comes back."));
        }
        if (views.stream().anyMatch(view -> view.pending().contains(seat.pubkey()))) {
            finding.alert(Alert.warning(
                    PENDING_TOP_UP,
                    Alert.seat(seat.id()),
                    "A further deposit of the key of seat " + seat.id() + " waits in the consensus layer.",
                    "Find out who sent it."));
        }
        if (shown.stream()
                .anyMatch(each -> each.validator().index() != first.validator().index())) {
            finding.alert(disagree(seat, "labels show different indices of the validator"));
            return;
        }
        agreed(shown).ifPresent(status -> status(seat, before, first, status, finding));
        switch (seat.status()) {
            case SeatStateMachine.DEPOSITED ->
                finding.move(SeatStateMachine.SEEN_BY_CL, first.view().evidence(first.validator(), now));
            case SeatStateMachine.SEEN_BY_CL -> activation(seat, shown, finding);
            default -> {
                // A seat that is ACTIVE or an EXCEPTION stays it: exits are columns of their own.
            }
        }
    }

    private void activation(Seat seat, List<Shown> shown, ValidatorFinding finding) {
        List<Shown> active = shown.stream()
                .filter(each -> each.validator().status().isActive())
                .toList();
        if (active.size() < ENOUGH) {
            return;
        }
        Shown first = active.getFirst();
        if (active.stream()
                .anyMatch(each ->
                        each.validator().activationEpoch() != first.validator().activationEpoch())) {
            finding.alert(disagree(seat, "labels show different epochs of activation"));
            return;
        }
        Map<String, String> evidence = new LinkedHashMap<>(first.view().evidence(first.validator(), now));
        evidence.put("cl_activation_epoch", Long.toString(first.validator().activationEpoch()));
        evidence.put(
                "cl_labels",
                String.join(
                        ",", active.stream().map(each -> each.view().label()).toList()));
        finding.move(SeatStateMachine.ACTIVE, evidence);
    }

    /** That two labels show; labels whose final states differ by an epoch may differ in it for a moment. */
    private static Optional<ValidatorStatus> agreed(List<Shown> shown) {
        for (Shown each : shown) {
            ValidatorStatus status = each.validator().status();
            int same = 0;
            for (Shown other : shown) {
                same += other.validator().status() == status ? 1 : 0;
            }
            if (same >= ENOUGH) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }

    private void status(Seat seat, ValidatorRow before, Shown first, ValidatorStatus status, ValidatorFinding finding) {
        if (!status.word().equals(before.status()) || before.index() == null) {
            finding.observed(before.seen(
                    first.validator().index(), status.word(), first.view().epoch()));
        }
        Long asked = before.exitRequestedAt();
        if (asked == null && status.isExiting()) {
            finding.alert(Alert.warning(
                    UNEXPECTED_EXIT,
                    Alert.seat(seat.id()),
                    "The validator of seat " + seat.id() + " is " + status.word()
                            + ", and its vault asked for no exit: the holder of its key did.",
                    "Ask the operator, and settle when the principal is in the vault."));
        }
        Duration patience = Duration.ofSeconds(EXIT_EPOCHS * spec.slotsPerEpoch() * spec.secondsPerSlot());
        if (asked != null
                && status == ValidatorStatus.ACTIVE_ONGOING
                && first.view().time().isAfter(Instant.ofEpochSecond(asked).plus(patience))) {
            finding.alert(Alert.critical(
                    EXIT_IGNORED,
                    Alert.seat(seat.id()),
                    "The vault of seat " + seat.id() + " asked for an exit in transaction " + before.exitTx()
                            + ", and the validator is still active_ongoing.",
                    "The consensus layer drops a request without a word: look at the committee period and the"
                            + " credentials, then plan force-exit again."));
        }
    }

    private static Alert disagree(Seat seat, String what) {
        return Alert.critical(
                DISAGREE,
                Alert.seat(seat.id()),
                "Labels of the consensus layer contradict each other about seat " + seat.id() + ": " + what + ".",
                "Nothing is done about this seat until they agree: find out which of them is wrong, and take it out of"
                        + " SEAT_MANAGER_CL_API_URLS.");
    }
}
