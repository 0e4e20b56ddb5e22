package bulwark.seats.approval;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Takes approved plans over, to have them signed and sent. Whoever hands a plan over has looked at its preconditions a moment before and counted its
 * approvals in the same transaction. Thread-safe.
 */
public interface PlanSender {
    /** Nothing is sent. */
    PlanSender DISABLED = new PlanSender() {
        private final Outcome.Refused refusal = new Outcome.Refused(
                "writes_disabled", "This service is plan-only: it loads no key and sends nothing. The plan stands.");

        @Override
        public Optional<Outcome.Refused> refusal() {
            return Optional.of(refusal);
        }

        @Override
        public Outcome accept(WriteTx tx, Handover handover) {
            return refusal;
        }

        @Override
        public Optional<String> operation(ReadTx tx, PlanDigest plan) {
            return Optional.empty();
        }

        @Override
        public Optional<String> problem(ReadTx tx, PlanDigest plan) {
            return Optional.empty();
        }
    };

    /**
     * A plan that may be sent. Immutable.
     *
     * @param approvals those that count
     * @param actor who asked for it, as the audit log names people
     * @param requestId of the request that asked
     */
    record Handover(Plan plan, List<Approval> approvals, String actor, String requestId) {
        public Handover {
            approvals = List.copyOf(approvals);
        }
    }

    /** What became of it. */
    sealed interface Outcome {
        /** It will be sent once the transaction is committed; the same plan has the same operation however often it comes. */
        record Accepted(String operationId) implements Outcome {}

        /**
         * It is not taken, and nothing was written.
         *
         * @param code stable, in lower case: {@code writes_disabled}, {@code signer_unavailable}, …
         * @param sentence with a remedy
         */
        record Refused(String code, String sentence) implements Outcome {}
    }

    /** Why nothing at all is taken now; asked before any work is done. */
    Optional<Outcome.Refused> refusal();

    /** Keeps it in the caller's transaction, and asks nobody over a network: sending begins after the commit. */
    Outcome accept(WriteTx tx, Handover handover) throws SQLException;

    /** The operation of a plan that is queued, signed or sent; empty for one that never was, or that ended without an effect. */
    Optional<String> operation(ReadTx tx, PlanDigest plan) throws SQLException;

    /** Why the operation of a plan failed or does not get on, as code and sentence; empty when nothing went wrong, and for a plan without one. */
    Optional<String> problem(ReadTx tx, PlanDigest plan) throws SQLException;
}
