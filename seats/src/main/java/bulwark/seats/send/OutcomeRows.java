package bulwark.seats.send;

import bulwark.kernel.storage.WriteTx;
import bulwark.seats.chain.TransactionReceipt;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.send.TransactionIntent.Block;
import java.sql.SQLException;
import java.util.List;

/** What a block means for a transaction, for the others of its nonce, and for their operations. */
final class OutcomeRows {
    private final IntentLedger ledger;

    OutcomeRows(IntentLedger ledger) {
        this.ledger = ledger;
    }

    /** In the transaction of its evidence. */
    void mine(WriteTx tx, TransactionIntent intent, TransactionObservation.Mined seen) throws SQLException {
        TransactionReceipt receipt = seen.receipt();
        if (intent.status() == IntentStatus.MINED) {
            unmine(tx, intent);
            mine(tx, IntentRows.byId(tx, intent.id()).orElseThrow(), seen);
            return;
        }
        if (!ledger.move(tx, intent, IntentStatus.MINED, seen.problem())) {
            return;
        }
        IntentRows.setBlock(
                tx, intent.id(), new Block(receipt.blockNumber(), receipt.blockHash(), receipt.succeeded()));
        finish(tx, intent, receipt, seen.problem());
        for (TransactionIntent other : IntentRows.ofNonce(tx, intent.account(), intent.nonce())) {
            if (!other.id().equals(intent.id()) && other.status().isOpen()) {
                ledger.move(tx, other, IntentStatus.REPLACED, "nonce used by " + receipt.transactionHash());
                replaced(tx, other, intent, receipt, seen.problem());
            }
        }
    }

    private void finish(WriteTx tx, TransactionIntent intent, TransactionReceipt receipt, String problem)
            throws SQLException {
        if (problem.isEmpty()) {
            ledger.setOperation(tx, intent, Operation.Status.CONFIRMED, "", "");
            return;
        }
        String code = receipt.succeeded() ? "EFFECT_MISSING" : "REVERTED";
        ledger.setOperation(tx, intent, Operation.Status.FAILED, code, problem);
        if (receipt.succeeded()) {
            ledger.pause(
                    tx,
                    code,
                    "Transaction " + receipt.transactionHash() + " was mined and did not do what its plan says. "
                            + problem,
                    IntentLedger.PROCESS,
                    intent.requestId());
        }
    }

    /** A call that was made by a fee-bump was made. */
    private void replaced(
            WriteTx tx, TransactionIntent other, TransactionIntent by, TransactionReceipt receipt, String problem)
            throws SQLException {
        boolean cancelled = by.plan().action() instanceof PlannedAction.CancelTransaction;
        boolean isRoot = other.root().equals(other.plan().digest());
        if (isRoot && !cancelled) {
            finish(tx, other, receipt, problem);
            return;
        }
        ledger.setOperation(
                tx,
                other,
                Operation.Status.CANCELLED,
                "REPLACED",
                "Another transaction with nonce " + other.nonce() + " was mined: " + receipt.transactionHash() + ".");
    }

    /** Its block is gone: it waits again, and so do those that it had replaced. */
    void unmine(WriteTx tx, TransactionIntent intent) throws SQLException {
        if (!ledger.move(tx, intent, IntentStatus.SENT, "its block is gone")) {
            return;
        }
        IntentRows.setBlock(tx, intent.id(), null);
        ledger.setOperation(
                tx, intent, Operation.Status.SUBMITTED, "REORGANISED", "The block of the transaction is gone.");
        List<TransactionIntent> all = IntentRows.ofNonce(tx, intent.account(), intent.nonce());
        for (TransactionIntent other : all) {
            if (other.status() == IntentStatus.REPLACED && other.raw() != null) {
                ledger.move(tx, other, IntentStatus.SENT, "the block of its replacement is gone");
                ledger.setOperation(
                        tx, other, Operation.Status.SUBMITTED, "REORGANISED", "The block of its replacement is gone.");
            }
        }
    }

    /** Somebody else has the key, or the signer answers somebody else. */
    void displace(WriteTx tx, TransactionIntent intent) throws SQLException {
        if (!ledger.move(tx, intent, IntentStatus.FOREIGN, "")) {
            return;
        }
        String reason = "Nonce " + intent.nonce()
                + " of the treasury was used by a transaction that this service did not make: somebody else has the key,"
                + " or asks the signer. Stop the signer, find the transaction, and rotate the key.";
        ledger.setOperation(tx, intent, Operation.Status.FAILED, "FOREIGN_TRANSACTION", reason);
        ledger.pause(tx, "FOREIGN_TRANSACTION", reason, IntentLedger.PROCESS, intent.requestId());
    }
}
