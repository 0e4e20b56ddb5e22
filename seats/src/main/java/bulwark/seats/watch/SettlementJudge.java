package bulwark.seats.watch;

import bulwark.seats.beacon.ValidatorStatus;
import bulwark.seats.chain.VaultState;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.plan.VaultParameters;
import bulwark.seats.seat.Seat;
import bulwark.seats.seat.SeatStateMachine;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the settlement of a seat asks for. Three conditions hold at once before anything is proposed: the validator is withdrawn, as two labels of the consensus layer say, the vault holds the principal,
 * and its settlement was not begun. Immutable.
 *
 * @param status word of the beacon API on which two labels agreed last
 * @param state of the vault at a block that two labels call safe
 * @param now time of that block
 */
record SettlementJudge(Seat seat, @Nullable String status, VaultState state, SettlementRow row, Instant now) {
    static final String STUCK = "SETTLEMENT_STUCK";
    static final String SHORTFALL = "PRINCIPAL_SHORTFALL";
    static final String UNEXPECTED = "UNEXPECTED_SETTLEMENT";
    static final String UNREADABLE = "VAULT_UNREADABLE";

    /** Alerts that each look at a vault says anew. */
    static final List<String> CODES = List.of(STUCK, SHORTFALL, UNEXPECTED, UNREADABLE);

    /** After a step could have been taken, its effect should be in a safe block. */
    static final Duration STUCK_AFTER = Duration.ofHours(1);

    /**
     * What a look means. Immutable.
     *
     * @param action that is to be planned now; null for none
     * @param dueSince from when on its effect is missing
     */
    record Verdict(@Nullable PlannedAction action, Instant dueSince, List<Alert> alerts) {
        Verdict {
            alerts = List.copyOf(alerts);
        }
    }

    Verdict verdict() {
        List<Alert> alerts = new ArrayList<>();
        boolean withdrawn = ValidatorStatus.WITHDRAWAL_DONE.word().equals(status);
        boolean whole = state.balance().compareTo(principal()) >= 0;
        boolean mayAct = withdrawn && whole && seat.status().equals(SeatStateMachine.ACTIVE);
        Instant due = Instant.ofEpochSecond(row.since());
        PlannedAction action = null;
        switch (row.phase()) {
            case RUNNING -> {
                if (withdrawn && !whole) {
                    alerts.add(shortfall());
                } else if (mayAct) {
                    action = new PlannedAction.ProposeSettlement(seat.vault(), state.rewardsClaimed());
                } else if (withdrawn) {
                    alerts.add(stuck("the seat is " + seat.status(), "propose"));
                }
            }
            case CANCELLED -> {
                if (withdrawn) {
                    alerts.add(stuck("its settlement was proposed and cancelled", "propose"));
                }
            }
            case PROPOSED -> {
                due = Instant.ofEpochSecond(row.readyAt());
                if (!withdrawn) {
                    alerts.add(unexpected());
                } else if (!due.isAfter(now)) {
                    if (mayAct) {
                        action = new PlannedAction.VaultStep(PlanKind.FINALIZE_SETTLEMENT, seat.vault());
                    } else {
                        alerts.add(stuck("the vault holds less than the principal", "finalize"));
                    }
                }
            }
            case SETTLED -> {
                // Nothing is left to do here: principal and rewards are claimed by people.
            }
        }
        return new Verdict(action, due, alerts);
    }

    private static BigInteger principal() {
        return VaultParameters.PRINCIPAL_TARGET_WEI;
    }

    private Alert shortfall() {
        return Alert.critical(
                SHORTFALL,
                Alert.seat(seat.id()),
                "The validator of seat " + seat.id() + " is withdrawn, and its vault holds " + state.balance()
                        + " wei, less than the principal of " + principal()
                        + ": it is not settled without a person, and until then the beneficiary may claim from it.",
                "Find out what is missing, and propose the settlement: POST /v1/seats/" + seat.id()
                        + "/settle with step" + " propose.");
    }

    private Alert unexpected() {
        return Alert.critical(
                UNEXPECTED,
                Alert.seat(seat.id()),
                "The settlement of seat " + seat.id() + " is proposed, and its validator is "
                        + (status == null ? "not known to the consensus layer" : status) + ".",
                "Find out who proposed it, and cancel it: POST /v1/seats/" + seat.id() + "/settle with step cancel.");
    }

    /** @param step that is missing */
    Alert stuck(String why, String step) {
        return Alert.critical(
                STUCK,
                Alert.seat(seat.id()),
                "The settlement of seat " + seat.id() + " waits since " + Instant.ofEpochSecond(row.since()) + ": "
                        + why + ".",
                "Let a second person approve the step and send it: POST /v1/seats/" + seat.id() + "/settle with step "
                        + step + ", or the plan that is there already with POST /v1/plans/DIGEST/send.");
    }
}
