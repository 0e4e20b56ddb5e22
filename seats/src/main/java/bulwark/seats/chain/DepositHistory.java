package bulwark.seats.chain;

import bulwark.seats.contract.AbiRefused;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.EvmAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Every deposit since the gate stands, as one client tells it. Indices must run from 0 without a gap: a client that leaves events out
 * is found by that. Thread-safe.
 */
public final class DepositHistory {
    /** Blocks of one question; providers refuse more. */
    static final long MAX_BLOCKS = 1_000;

    private final ExecutionNode node;
    private final EvmAddress gate;
    private final long firstBlock;

    /** @param firstBlock that the gate stood in, or an earlier one */
    public DepositHistory(ExecutionNode node, EvmAddress gate, long firstBlock) {
        this.node = node;
        this.gate = gate;
        this.firstBlock = firstBlock;
    }

    /** All deposits up to a block. @throws RpcFailed when an answer cannot be used or events are missing */
    public List<DepositEvent> until(long lastBlock) {
        List<DepositEvent> events = new ArrayList<>();
        for (long from = firstBlock; from <= lastBlock; from += MAX_BLOCKS) {
            for (EventLog log :
                    node.logs(gate, DepositGateAbi.DEPOSIT_TOPIC, from, Math.min(lastBlock, from + MAX_BLOCKS - 1))) {
                DepositEvent event = read(log);
                if (event.index() != events.size()) {
                    throw node.malformed(
                            "eth_getLogs",
                            "deposit " + events.size() + " is missing: the next event is of " + event.index());
                }
                events.add(event);
            }
        }
        return List.copyOf(events);
    }

    private DepositEvent read(EventLog log) {
        try {
            return DepositEvent.of(log);
        } catch (AbiRefused | IllegalArgumentException e) {
            throw node.malformed("eth_getLogs", "an event of the gate that is no deposit");
        }
    }
}
