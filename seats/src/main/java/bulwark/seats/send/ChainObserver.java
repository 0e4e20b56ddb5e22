package bulwark.seats.send;

import bulwark.seats.chain.BlockHead;
import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.chain.RpcFailed;
import bulwark.seats.chain.TransactionEndpoint;
import bulwark.seats.chain.TransactionReceipt;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlannedAction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** Asks every label about transactions, many at once. Nothing counts as mined, used up or final before all labels say so. Thread-safe. */
final class ChainObserver {
    private static final int MAX_PARALLEL = 16;

    private final List<TransactionEndpoint> labels;

    ChainObserver(List<TransactionEndpoint> labels) {
        this.labels = labels;
    }

    /** Nonces of an account at the newest blocks: those below {@code everywhere} are used on all labels, those from {@code anywhere} on on none. */
    record Nonces(long everywhere, long anywhere) {}

    /** @throws RpcFailed when a label does not answer */
    Nonces nonces(TransactionIntent.Account account) {
        long least = Long.MAX_VALUE;
        long most = 0;
        for (TransactionEndpoint label : labels) {
            long nonce = label.node().nonce(account.address(), BlockId.LATEST);
            least = Math.min(least, nonce);
            most = Math.max(most, nonce);
        }
        return new Nonces(least, most);
    }

    /** Number of the newest block that is final on every label. @throws RpcFailed when one does not answer */
    long finalized() {
        long least = Long.MAX_VALUE;
        for (TransactionEndpoint label : labels) {
            long number =
                    label.node().block(BlockId.FINALIZED).map(BlockHead::number).orElse(-1L);
            least = Math.min(least, number);
        }
        return least;
    }

    /**
     * @param roots plan of each root digest
     * @return by id of intent
     */
    Map<String, TransactionObservation> observe(
            List<TransactionIntent> intents, Nonces nonces, Function<TransactionIntent, Plan> roots) {
        List<TransactionObservation> all = inParallel(intents, intent -> observe(intent, nonces, roots.apply(intent)));
        Map<String, TransactionObservation> observations = new HashMap<>();
        for (int i = 0; i < intents.size(); i++) {
            observations.put(intents.get(i).id(), all.get(i));
        }
        return observations;
    }

    /** Asks about each, a bounded number at once; results in the order of the intents. */
    <T> List<T> inParallel(List<TransactionIntent> intents, Function<TransactionIntent, T> question) {
        Semaphore free = new Semaphore(MAX_PARALLEL);
        List<CompletableFuture<T>> futures = new ArrayList<>();
        for (TransactionIntent intent : intents) {
            free.acquireUninterruptibly();
            futures.add(CompletableFuture.supplyAsync(() -> question.apply(intent), Thread::startVirtualThread)
                    .whenComplete((result, failure) -> free.release()));
        }
        return futures.stream().map(CompletableFuture::join).toList();
    }

    private TransactionObservation observe(TransactionIntent intent, Nonces nonces, Plan root) {
        try {
            if (intent.nonce() >= nonces.anywhere() && intent.status() != IntentStatus.MINED) {
                return waiting(intent);
            }
            List<Optional<TransactionReceipt>> receipts = new ArrayList<>();
            for (TransactionEndpoint label : labels) {
                receipts.add(label.node().receipt(intent.requireHash()));
            }
            if (receipts.stream().allMatch(Optional::isEmpty)) {
                return intent.nonce() < nonces.everywhere() ? new TransactionObservation.Displaced() : waiting(intent);
            }
            if (receipts.stream().anyMatch(Optional::isEmpty)) {
                return new TransactionObservation.Waiting();
            }
            List<TransactionReceipt> all =
                    receipts.stream().map(Optional::orElseThrow).toList();
            TransactionReceipt first = all.getFirst();
            boolean same = all.stream()
                    .allMatch(each ->
                            each.blockHash().equals(first.blockHash()) && each.succeeded() == first.succeeded());
            return same ? mined(intent, all, root) : new TransactionObservation.Waiting();
        } catch (RpcFailed failed) {
            return new TransactionObservation.Unknown(String.valueOf(failed.getMessage()));
        }
    }

    /** @param receipts of each label, in their order */
    private TransactionObservation mined(TransactionIntent intent, List<TransactionReceipt> receipts, Plan root) {
        TransactionReceipt first = receipts.getFirst();
        if (isSeen(intent, first)) {
            return new TransactionObservation.Mined(first, "");
        }
        Plan effect = intent.plan().action() instanceof PlannedAction.CancelTransaction ? intent.plan() : root;
        for (int i = 0; i < labels.size(); i++) {
            String label = labels.get(i).label();
            Optional<String> problem =
                    EffectCheck.problem(effect, receipts.get(i), labels.get(i).node());
            if (problem.isPresent()) {
                return new TransactionObservation.Mined(first, label + ": " + problem.get());
            }
        }
        return new TransactionObservation.Mined(first, "");
    }

    private static boolean isSeen(TransactionIntent intent, TransactionReceipt receipt) {
        return intent.block() != null && intent.block().hash().equals(receipt.blockHash());
    }

    private TransactionObservation waiting(TransactionIntent intent) {
        for (TransactionEndpoint label : labels) {
            if (!label.knows(intent.requireHash())) {
                return new TransactionObservation.Dropped();
            }
        }
        return new TransactionObservation.Waiting();
    }
}
