package bulwark.seats.chain;

import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.contract.AbiRefused;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.EvmAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Every deposit since the gate stands, as one client tells it. Indices must run from 0 without a gap: a client that leaves events out
 * is found by that. What was read is kept with the hash of its last block: as long as the client still has that block, only later ones are
 * read. Thread-safe.
 */
public final class DepositHistory {
    /** Blocks of one question; providers refuse more. */
    static final long MAX_BLOCKS = 1_000;

    private final ExecutionNode node;
    private final EvmAddress gate;
    private final long firstBlock;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable BlockHead known;
    private List<DepositEvent> events = List.of();

    /** @param firstBlock that the gate stood in, or an earlier one */
    public DepositHistory(ExecutionNode node, EvmAddress gate, long firstBlock) {
        this.node = node;
        this.gate = gate;
        this.firstBlock = firstBlock;
    }

    /** All deposits up to a block. @throws RpcFailed when an answer cannot be used or events are missing */
    public List<DepositEvent> until(long lastBlock) {
        lock.lock();
        try {
            BlockHead before = known;
            boolean stillThere = before != null && before.number() <= lastBlock && hasBlock(before);
            Optional<BlockHead> last = node.block(BlockId.number(lastBlock));
            List<DepositEvent> all = new ArrayList<>(stillThere ? events : List.of());
            read(all, stillThere && before != null ? before.number() + 1 : firstBlock, lastBlock);
            // A chain that changed while it was read is read anew the next time.
            known = last.filter(this::hasBlock).orElse(null);
            events = List.copyOf(all);
            return events;
        } finally {
            lock.unlock();
        }
    }

    /** Reads everything anew the next time: what was read did not stand beside what others say. */
    void forget() {
        lock.lock();
        try {
            known = null;
            events = List.of();
        } finally {
            lock.unlock();
        }
    }

    private boolean hasBlock(BlockHead head) {
        return node.block(BlockId.number(head.number()))
                .filter(now -> now.hash().equals(head.hash()))
                .isPresent();
    }

    private void read(List<DepositEvent> into, long first, long last) {
        for (long from = first; from <= last; from += MAX_BLOCKS) {
            for (EventLog log :
                    node.logs(gate, DepositGateAbi.DEPOSIT_TOPIC, from, Math.min(last, from + MAX_BLOCKS - 1))) {
                DepositEvent event = read(log);
                if (event.index() != into.size()) {
                    throw node.malformed(
                            "eth_getLogs",
                            "deposit " + into.size() + " is missing: the next event is of " + event.index());
                }
                into.add(event);
            }
        }
    }

    private DepositEvent read(EventLog log) {
        try {
            return DepositEvent.of(log);
        } catch (AbiRefused | IllegalArgumentException e) {
            throw node.malformed("eth_getLogs", "an event of the gate that is no deposit");
        }
    }
}
