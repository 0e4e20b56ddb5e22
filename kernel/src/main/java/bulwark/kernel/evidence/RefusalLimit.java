package bulwark.kernel.evidence;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Lets the first rows of a minute pass and counts the others, so that a flood of refusals is not a flood of syncs. Thread-safe. */
final class RefusalLimit {
    private static final int ROWS_PER_MINUTE = 100;
    private static final int MAX_KEYS = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Suppressed.Key, Integer> passed = new HashMap<>();
    private final Suppressed current = new Suppressed();
    private final Suppressed ended = new Suppressed();
    private long minute;

    /** @return whether this one gets a row of its own; otherwise it is counted */
    boolean pass(AuditEvent event, String reason, Instant now) {
        lock.lock();
        try {
            turnTo(now);
            Suppressed.Key key = Suppressed.Key.of(event, reason);
            if (passed.size() >= MAX_KEYS && !passed.containsKey(key)) {
                key = key.withoutPrincipal();
            }
            int rows = passed.merge(key, 1, (old, one) -> Math.min(old + one, ROWS_PER_MINUTE + 1));
            if (rows > ROWS_PER_MINUTE) {
                current.add(key, 1);
            }
            return rows <= ROWS_PER_MINUTE;
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
            passed.clear();
            current.moveTo(ended);
        }
    }
}
