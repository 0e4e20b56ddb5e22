package bulwark.kernel.evidence.audit;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Lets the first rows of a minute pass and counts the others, so that a flood of refusals is not a flood of syncs. Thread-safe. */
final class RefusalRateLimit {
    private static final int ROWS_PER_MINUTE = 100;
    private static final int MAX_KEYS = 10_000;
    /** Whoever has no key costs nothing to be many: what all strangers together write is bounded too. */
    private static final int MAX_STRANGERS = 1_000;

    private static final int MAX_ROWS_OF_STRANGERS = 1_000;

    private final int maxKeys;
    private final int maxRows;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<SuppressedCounts.Key, Integer> passed = new HashMap<>();
    private final SuppressedCounts current = new SuppressedCounts();
    private final SuppressedCounts ended = new SuppressedCounts();
    private long minute;
    private int rows;

    private RefusalRateLimit(int maxKeys, int maxRows) {
        this.maxKeys = maxKeys;
        this.maxRows = maxRows;
    }

    /** Of callers whose key is known. */
    static RefusalRateLimit ofActors() {
        return new RefusalRateLimit(MAX_KEYS, Integer.MAX_VALUE);
    }

    /** Of addresses without a key. */
    static RefusalRateLimit ofStrangers() {
        return new RefusalRateLimit(MAX_STRANGERS, MAX_ROWS_OF_STRANGERS);
    }

    /** @return whether this one gets a row of its own; otherwise it is counted */
    boolean pass(SuppressedCounts.Key wanted, Instant now) {
        lock.lock();
        try {
            turnTo(now);
            SuppressedCounts.Key key =
                    passed.size() >= maxKeys && !passed.containsKey(wanted) ? wanted.withoutOrigin() : wanted;
            int seen = passed.merge(key, 1, (old, one) -> Math.min(old + one, ROWS_PER_MINUTE + 1));
            if (seen <= ROWS_PER_MINUTE && rows < maxRows) {
                rows++;
                return true;
            }
            current.add(key, 1);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Counting rows of the minutes that ended, and of this one too when it must not wait. */
    List<AuditEvent> drain(Instant now, boolean unfinished) {
        lock.lock();
        try {
            turnTo(now);
            List<AuditEvent> events = ended.drain();
            if (unfinished) {
                events.addAll(current.drain());
            }
            return events;
        } finally {
            lock.unlock();
        }
    }

    private void turnTo(Instant now) {
        long thisMinute = Math.floorDiv(now.getEpochSecond(), 60L);
        if (thisMinute != minute) {
            minute = thisMinute;
            rows = 0;
            passed.clear();
            current.moveTo(ended);
        }
    }
}
