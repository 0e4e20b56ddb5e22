package bulwark.seats.signer;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives the first refusals of a minute and code a row each and counts the others into the next row of that code, so that a caller who asks for ever fills no disk. Codes are the signer's own, so
 * that there are few. Thread-safe.
 */
final class RefusalWindow {
    static final int MAX_ROWS = 100;
    private static final int SECONDS = 60;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> rows = new HashMap<>();
    private final Map<String, Long> unrecorded = new HashMap<>();
    private long minute = Long.MIN_VALUE;

    /** @return how many of the code came without a row since its last one; -1 when this one gets none either */
    long take(String code, Instant now) {
        lock.lock();
        try {
            long thisMinute = Math.floorDiv(now.getEpochSecond(), SECONDS);
            if (thisMinute != minute) {
                minute = thisMinute;
                rows.clear();
            }
            if (rows.merge(code, 1, Integer::sum) > MAX_ROWS) {
                rows.put(code, MAX_ROWS);
                unrecorded.merge(code, 1L, Long::sum);
                return -1;
            }
            Long before = unrecorded.remove(code);
            return before == null ? 0 : before;
        } finally {
            lock.unlock();
        }
    }
}
