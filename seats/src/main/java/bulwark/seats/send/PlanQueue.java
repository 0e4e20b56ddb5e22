package bulwark.seats.send;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.approval.PlanSender;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.store.SeatStore;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;

/**
 * Keeps plans that may be sent as rows. The process that sends finds them there at its next pass: a watcher without a sender of its own hands plans over with this. Thread-safe.
 */
public final class PlanQueue implements PlanSender {
    private final IntentLedger ledger;

    public PlanQueue(SeatStore store, Clock clock) {
        this(new IntentLedger(store, clock));
    }

    PlanQueue(IntentLedger ledger) {
        this.ledger = ledger;
    }

    @Override
    public Optional<Outcome.Refused> refusal() {
        return ledger.store().read(PauseRows::oldest).map(PlanQueue::refused);
    }

    private static Outcome.Refused refused(PauseRows.Pause pause) {
        return new Outcome.Refused(
                "sends_paused",
                "Sends are paused since " + pause.since() + " (" + pause.code() + "): " + pause.reason());
    }

    @Override
    public Outcome accept(WriteTx tx, Handover handover) throws SQLException {
        Optional<PauseRows.Pause> pause = PauseRows.oldest(tx);
        if (pause.isPresent()) {
            return refused(pause.get());
        }
        return new Outcome.Accepted(ledger.queue(
                tx,
                new IntentLedger.Order(handover.plan(), handover.approvals(), handover.actor(), handover.requestId())));
    }

    @Override
    public Optional<String> operation(ReadTx tx, PlanDigest plan) throws SQLException {
        return OperationRows.byPlan(tx, plan)
                .filter(operation -> switch (operation.status()) {
                    case QUEUED, RUNNING, SUBMITTED, CONFIRMED -> true;
                    case FAILED, CANCELLED -> false;
                })
                .map(Operation::id);
    }

    @Override
    public Optional<String> problem(ReadTx tx, PlanDigest plan) throws SQLException {
        return OperationRows.byPlan(tx, plan)
                .filter(operation -> !operation.errorCode().isEmpty())
                .map(operation -> operation.errorCode() + ": " + operation.error());
    }
}
