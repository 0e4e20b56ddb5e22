package bulwark.seats.send;

import bulwark.kernel.storage.WriteTx;
import bulwark.seats.chain.RpcFailed;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.evidence.BundleWriter.Draft;
import bulwark.seats.evidence.EvidenceRefused;
import bulwark.seats.plan.Plan;
import bulwark.seats.send.ChainObserver.Nonces;
import bulwark.seats.send.TransactionIntent.Account;
import bulwark.seats.send.TransactionIntent.Block;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the rows with the chain, at the start and at each pass, in both directions: what became of our transactions, and whether the account has others. Goes on with what a kill left, and sends again
 * what a label lost, the same bytes each time. Thread-safe; one pass at a time.
 */
public final class ChainReconciler {
    private static final Logger LOG = LoggerFactory.getLogger(ChainReconciler.class);
    /** Rows and files of one transaction. */
    private static final int BATCH = 250;

    private final TransactionSender sender;
    private final IntentLedger ledger;
    private final ChainObserver observer;
    private final HistoryCheck history;
    private final OutcomeRows outcomes;
    private final Account account;
    private final ReentrantLock passing = new ReentrantLock();
    /** Whose nonce looked used by another transaction in the pass before: one look can be a reorganisation. */
    private Set<String> displaced = new HashSet<>();

    /** @param treasury whose transactions these are */
    public ChainReconciler(TransactionSender sender, long chainId, EvmAddress treasury) {
        this.sender = sender;
        this.ledger = sender.ledger();
        this.observer = new ChainObserver(sender.labels());
        this.account = new Account(chainId, treasury);
        this.history = new HistoryCheck(sender, account);
        this.outcomes = new OutcomeRows(ledger);
    }

    /**
     * What one pass found.
     *
     * @param waiting transactions that no block holds yet, after it
     * @param resent that a label did not know
     * @param gaps nonces below which nothing of ours waits, so that what stands behind cannot be mined: the next plan takes them
     * @param unknown what a label did not answer; empty when all did
     */
    public record Pass(long waiting, int mined, int resent, List<Long> gaps, String unknown) {}

    /** Never throws for what a label answers. */
    public Pass run() {
        passing.lock();
        try {
            Nonces nonces;
            try {
                nonces = observer.nonces(account);
            } catch (RpcFailed failed) {
                return new Pass(open().size(), 0, 0, List.of(), String.valueOf(failed.getMessage()));
            }
            history.compare(nonces);
            for (TransactionIntent intent : open()) {
                if (!isOut(intent)) {
                    proceed(intent);
                }
            }
            return follow(nonces);
        } finally {
            passing.unlock();
        }
    }

    private List<TransactionIntent> open() {
        return ledger.store().read(tx -> IntentRows.open(tx, account));
    }

    private static boolean isOut(TransactionIntent intent) {
        return intent.status() == IntentStatus.SENT || intent.status() == IntentStatus.MINED;
    }

    private void proceed(TransactionIntent intent) {
        try {
            sender.advance(intent, null);
        } catch (SendRefused refused) {
            LOG.warn("The transaction with nonce {} does not go on: {}", intent.nonce(), refused.sentence());
        }
    }

    private Pass follow(Nonces nonces) {
        List<TransactionIntent> out =
                open().stream().filter(ChainReconciler::isOut).toList();
        Map<String, TransactionObservation> observations = observer.observe(out, nonces, this::root);
        List<TransactionIntent> mined = new ArrayList<>();
        Set<String> suspects = new HashSet<>();
        List<TransactionIntent> lost = new ArrayList<>();
        String unknown = "";
        for (TransactionIntent intent : out) {
            switch (observations.getOrDefault(intent.id(), new TransactionObservation.Waiting())) {
                case TransactionObservation.Mined(var receipt, var problem) -> {
                    Block at = intent.block();
                    if (at == null || !at.hash().equals(receipt.blockHash())) {
                        mined.add(intent);
                    }
                }
                case TransactionObservation.Dropped() -> lost.add(intent);
                case TransactionObservation.Waiting() -> {}
                case TransactionObservation.Displaced() -> suspects.add(intent.id());
                case TransactionObservation.Unknown(String sentence) -> unknown = sentence;
            }
        }
        int resent = resend(lost);
        if (!out.isEmpty()) {
            sender.passed(SendStep.OBSERVED);
        }
        int count = record(mined, observations);
        displace(out, suspects, mined);
        List<TransactionIntent> left = open();
        settle(left);
        long waiting = left.stream()
                .filter(intent -> intent.status() != IntentStatus.MINED)
                .count();
        return new Pass(waiting, count, resent, gaps(left, nonces.anywhere()), unknown);
    }

    /** Plan whose call the transaction carries. */
    private Plan root(TransactionIntent intent) {
        if (intent.root().equals(intent.plan().digest())) {
            return intent.plan();
        }
        return ledger.store()
                .read(tx -> IntentRows.ofNonce(tx, account, intent.nonce()).stream()
                        .map(TransactionIntent::plan)
                        .filter(plan -> plan.digest().equals(intent.root()))
                        .findFirst()
                        .orElse(intent.plan()));
    }

    /** The same bytes; those whose block is gone wait again. */
    private int resend(List<TransactionIntent> lost) {
        List<TransactionIntent> unmined = lost.stream()
                .filter(intent -> intent.status() == IntentStatus.MINED)
                .toList();
        if (!unmined.isEmpty()) {
            ledger.store().write(tx -> {
                for (TransactionIntent intent : unmined) {
                    outcomes.unmine(tx, intent);
                }
                return 0;
            });
        }
        if (lost.isEmpty() || ledger.isPaused()) {
            return 0;
        }
        observer.inParallel(lost, intent -> {
            sender.hand(intent);
            return intent;
        });
        return lost.size();
    }

    private int record(List<TransactionIntent> mined, Map<String, TransactionObservation> observations) {
        for (int from = 0; from < mined.size(); from += BATCH) {
            List<TransactionIntent> part = mined.subList(from, Math.min(mined.size(), from + BATCH));
            List<Draft> drafts = new ArrayList<>();
            for (TransactionIntent intent : part) {
                TransactionObservation.Mined seen = mined(observations, intent);
                drafts.add(SendEvidence.receipt(intent, seen.receipt(), seen.problem(), ledger.now()));
            }
            try {
                sender.evidence().record(drafts, (tx, hashes) -> {
                    for (TransactionIntent intent : part) {
                        outcomes.mine(tx, intent, mined(observations, intent));
                    }
                });
            } catch (EvidenceRefused refused) {
                LOG.error("Receipts wait for their evidence: {}", refused.getMessage());
                return from;
            }
            sender.passed(SendStep.MINED);
        }
        return mined.size();
    }

    private static TransactionObservation.Mined mined(
            Map<String, TransactionObservation> observations, TransactionIntent intent) {
        return (TransactionObservation.Mined) Objects.requireNonNull(observations.get(intent.id()), intent.id());
    }

    /** A nonce of ours that every label says is used, by nothing of ours, in two passes. */
    private void displace(List<TransactionIntent> out, Set<String> suspects, List<TransactionIntent> mined) {
        Set<Long> taken = new HashSet<>();
        mined.forEach(intent -> taken.add(intent.nonce()));
        Set<String> again = new HashSet<>();
        for (TransactionIntent intent : out) {
            if (!suspects.contains(intent.id()) || taken.contains(intent.nonce())) {
                continue;
            }
            if (!displaced.contains(intent.id())) {
                again.add(intent.id());
                continue;
            }
            ledger.store().write(tx -> {
                outcomes.displace(tx, intent);
                return 0;
            });
        }
        displaced = again;
    }

    /** What stands in a block that is final needs no more looks. */
    private void settle(List<TransactionIntent> open) {
        List<TransactionIntent> mined = open.stream()
                .filter(intent -> intent.status() == IntentStatus.MINED)
                .toList();
        if (mined.isEmpty()) {
            return;
        }
        try {
            long last = observer.finalized();
            List<TransactionIntent> settled = mined.stream()
                    .filter(intent -> intent.block() != null && intent.block().number() <= last)
                    .toList();
            for (int from = 0; from < settled.size(); from += BATCH) {
                List<TransactionIntent> part = settled.subList(from, Math.min(settled.size(), from + BATCH));
                ledger.store().write(tx -> {
                    finish(tx, part);
                    return 0;
                });
            }
        } catch (RpcFailed failed) {
            LOG.debug("The newest final block is unknown: {}", failed.getMessage());
        }
    }

    private void finish(WriteTx tx, List<TransactionIntent> settled) throws SQLException {
        for (TransactionIntent intent : settled) {
            ledger.move(tx, intent, IntentStatus.FINAL, "");
        }
    }

    private static List<Long> gaps(List<TransactionIntent> open, long from) {
        Set<Long> waiting = new HashSet<>();
        long last = from - 1;
        for (TransactionIntent intent : open) {
            waiting.add(intent.nonce());
            last = Math.max(last, intent.nonce());
        }
        List<Long> gaps = new ArrayList<>();
        for (long nonce = from; nonce < last; nonce++) {
            if (!waiting.contains(nonce)) {
                gaps.add(nonce);
            }
        }
        return gaps;
    }

    /**
     * A person looked: the line of nonces goes on from that of the chain, and what the signer signed beyond this store is known to be so. Lifts a pause {@code HISTORY_ROLLED_BACK} and no other.
     *
     * @throws SendRefused when labels or signer do not answer, or the labels disagree
     */
    public String acceptChain(String actor, String requestId) {
        passing.lock();
        try {
            return history.accept(observer.nonces(account), actor, requestId);
        } catch (RpcFailed failed) {
            throw new SendRefused("CHAIN_UNKNOWN", "A label does not answer: " + failed.getMessage() + ".");
        } finally {
            passing.unlock();
        }
    }
}
