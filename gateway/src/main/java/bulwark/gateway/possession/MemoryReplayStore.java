package bulwark.gateway.possession;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The proofs that this gateway saw, a bounded number of them. It forgets none before its time: when it is full, new proofs are refused until old ones are over, since a store that
 * dropped some would let them be replayed. Thread-safe.
 */
public final class MemoryReplayStore implements ProofReplayStore {
    private record Seen(String proof, Instant until) {}

    private final int max;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Instant> seen = new HashMap<>();
    private final PriorityQueue<Seen> byEnd = new PriorityQueue<>(java.util.Comparator.comparing(Seen::until));

    public MemoryReplayStore(int max, Clock clock) {
        this.max = max;
        this.clock = clock;
    }

    @Override
    public Answer remember(String proof, Instant until) {
        Instant now = clock.instant();
        lock.lock();
        try {
            for (Seen first = byEnd.peek(); first != null && !now.isBefore(first.until()); first = byEnd.peek()) {
                byEnd.poll();
                seen.remove(first.proof());
            }
            if (seen.containsKey(proof)) {
                return Answer.SEEN;
            }
            if (seen.size() >= max) {
                return Answer.UNKNOWN;
            }
            seen.put(proof, until);
            byEnd.add(new Seen(proof, until));
            return Answer.FIRST;
        } finally {
            lock.unlock();
        }
    }
}
