package bulwark.gateway.possession;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The proofs that this gateway saw, a bounded number of them. It forgets none before its time: when it is full, new proofs are refused until old ones are over, since a store that
 * dropped some would let them be replayed. A tenth of it is for one caller and half of it for one tenant, so that nobody alone keeps others out. Thread-safe.
 */
public final class MemoryReplayStore implements ProofReplayStore {
    private static final int CALLERS_PART = 10;
    private static final int TENANTS_PART = 2;

    private record Seen(String proof, Instant until, Caller caller) {}

    private final int max;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Instant> seen = new HashMap<>();
    private final Map<Caller, Integer> ofCallers = new HashMap<>();
    private final Map<String, Integer> ofTenants = new HashMap<>();
    private final PriorityQueue<Seen> byEnd = new PriorityQueue<>(java.util.Comparator.comparing(Seen::until));

    public MemoryReplayStore(int max, Clock clock) {
        this.max = max;
        this.clock = clock;
    }

    @Override
    public Answer remember(Caller caller, String proof, Instant until) {
        Instant now = clock.instant();
        lock.lock();
        try {
            for (Seen first = byEnd.peek(); first != null && !now.isBefore(first.until()); first = byEnd.peek()) {
                forget(first);
            }
            if (seen.containsKey(proof)) {
                return Answer.SEEN;
            }
            if (seen.size() >= max) {
                return Answer.UNKNOWN;
            }
            if (ofCallers.getOrDefault(caller, 0) >= Math.max(1, max / CALLERS_PART)
                    || ofTenants.getOrDefault(caller.tenant(), 0) >= Math.max(1, max / TENANTS_PART)) {
                return Answer.SHARE_USED_UP;
            }
            seen.put(proof, until);
            byEnd.add(new Seen(proof, until, caller));
            ofCallers.merge(caller, 1, Integer::sum);
            ofTenants.merge(caller.tenant(), 1, Integer::sum);
            return Answer.FIRST;
        } finally {
            lock.unlock();
        }
    }

    private void forget(Seen first) {
        byEnd.poll();
        seen.remove(first.proof());
        ofCallers.computeIfPresent(first.caller(), (caller, count) -> count == 1 ? null : count - 1);
        ofTenants.computeIfPresent(first.caller().tenant(), (tenant, count) -> count == 1 ? null : count - 1);
    }
}
