package bulwark.seats.send;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.send.ChainObserver.Nonces;
import bulwark.seats.send.TransactionIntent.Account;
import bulwark.seats.signer.SigningRefused;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether this store knows all that the signer signed, all that evidence tells of, and all that the chain has of the account. */
final class HistoryCheck {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryCheck.class);
    private static final String ROLLED_BACK = "HISTORY_ROLLED_BACK";

    private final TransactionSender sender;
    private final IntentLedger ledger;
    private final Account account;
    private boolean evidenceCompared;

    HistoryCheck(TransactionSender sender, Account account) {
        this.sender = sender;
        this.ledger = sender.ledger();
        this.account = account;
    }

    /** What the signer's journal holds; -1 when it does not answer. */
    private long signed() {
        try {
            return Long.parseLong(sender.signer().health().path("signed").asString("-1"));
        } catch (SigningRefused | NumberFormatException e) {
            return -1;
        }
    }

    /** Pauses sends when something is missing here. */
    void compare(Nonces nonces) {
        long signed = signed();
        OptionalLong next = ledger.store().read(tx -> NonceRows.next(tx, account));
        if (next.isEmpty()) {
            begin(nonces, signed);
            return;
        }
        long known = ledger.store().read(this::known);
        if (signed > known) {
            pause(
                    ROLLED_BACK,
                    "The signer signed " + signed + " transactions, and this store knows " + known
                            + ": it is older than the signer's journal. Run seat-manager send reconcile.");
        }
        compareEvidence();
        if (nonces.everywhere() > next.getAsLong()) {
            pause(
                    "FOREIGN_TRANSACTION",
                    "The chain counts " + nonces.everywhere() + " transactions of the treasury, and this store "
                            + next.getAsLong()
                            + ": another program has the key, or the store is older than the chain. Find the"
                            + " transactions, then run seat-manager send reconcile.");
        }
    }

    private long known(ReadTx tx) throws SQLException {
        return NonceRows.signed(tx, account) + NonceRows.acknowledged(tx, account);
    }

    /** An account that nothing was sent from yet goes on from where the chain is; but not where the signer knows better. */
    private void begin(Nonces nonces, long signed) {
        if (signed < 0 || nonces.everywhere() != nonces.anywhere()) {
            LOG.info("The line of nonces begins when signer and labels answer and agree.");
            return;
        }
        if (signed > 0) {
            pause(
                    ROLLED_BACK,
                    "The signer signed " + signed
                            + " transactions, and this store knows none. Run seat-manager send reconcile.");
            return;
        }
        ledger.store().write(tx -> {
            if (NonceRows.next(tx, account).isEmpty()) {
                adopt(tx, -1, nonces.everywhere(), IntentLedger.PROCESS, "first use of the account");
            }
            return 0;
        });
    }

    private void adopt(WriteTx tx, long from, long to, String actor, String why) throws SQLException {
        NonceRows.set(tx, account, to);
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("from", Long.toString(from));
        detail.put("to", Long.toString(to));
        detail.put("why", why);
        ledger.append(
                tx,
                SendEvents.NONCE_ADOPTED,
                actor,
                "account:" + account.address().text(),
                detail);
    }

    /** Once for each process: files are there from before the store was restored. */
    private void compareEvidence() {
        if (evidenceCompared) {
            return;
        }
        evidenceCompared = true;
        for (String subject : sender.evidence().adopted()) {
            String intent = subject.contains(":") ? subject.substring(0, subject.indexOf(':')) : subject;
            if (ledger.store().read(tx -> IntentRows.byId(tx, intent)).isEmpty()) {
                pause(
                        ROLLED_BACK,
                        "Evidence tells of the transaction " + intent
                                + ", and this store does not know it. Run seat-manager send reconcile.");
                return;
            }
        }
    }

    private void pause(String code, String reason) {
        if (ledger.pause(code, reason, IntentLedger.PROCESS, "")) {
            LOG.error("Sends are paused ({}): {}", code, reason);
        }
    }

    /** @return what was done, as a sentence */
    String accept(Nonces nonces, String actor, String requestId) {
        long signed = signed();
        if (signed < 0) {
            throw new SendRefused(
                    "SIGNER_UNAVAILABLE", "The signer does not answer: start it, so that its journal can be compared.");
        }
        if (nonces.everywhere() != nonces.anywhere()) {
            throw new SendRefused(
                    "CHAIN_UNKNOWN", "The labels do not count the same transactions: repeat in a moment.");
        }
        return ledger.store().write(tx -> {
            long before = NonceRows.next(tx, account).orElse(-1);
            long next = Math.max(before, nonces.everywhere());
            adopt(tx, before, next, actor, "a person compared the store with chain and signer");
            long elsewhere = Math.max(0, signed - NonceRows.signed(tx, account));
            NonceRows.acknowledge(tx, account, elsewhere);
            for (PauseRows.Pause pause : PauseRows.all(tx)) {
                if (pause.code().equals(ROLLED_BACK)) {
                    PauseRows.lift(tx, pause.number(), actor, ledger.now());
                    ledger.append(
                            tx,
                            SendEvents.RESUMED,
                            actor,
                            "sends",
                            Map.of(
                                    "request_id",
                                    requestId,
                                    "pause",
                                    Long.toString(pause.number()),
                                    "code",
                                    pause.code(),
                                    "approvers",
                                    ""));
                }
            }
            return "The next nonce is " + next + "; the signer signed " + elsewhere
                    + " transactions that this store will never know.";
        });
    }
}
