package bulwark.gateway.evidence;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets the first refusals of a minute have a record of their own and counts the others, so that a flood of refusals is no flood of records. Callers that are known and those that are not
 * have separate room: neither takes the records of the other, nor one tenant those of another. Thread-safe; never waits for anything but arithmetic.
 */
final class RefusalBudget {
    static final int RECORDS_PER_KEY = 100;

    private static final int MAX_KEYS = 10_000;
    private static final int MAX_KEYS_PER_TENANT = 1_000;
    private static final int MAX_RECORDS_OF_UNKNOWN = 1_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Key, Integer> known = new HashMap<>();
    private final Map<Key, Integer> unknown = new HashMap<>();
    private final Map<String, Integer> keysOfTenants = new HashMap<>();
    private long minute = Long.MIN_VALUE;
    private int ofUnknown;
    private Map<Key, Long> suppressed = new LinkedHashMap<>();
    private long suppressedMinute;
    private Map<Key, Long> ended = new LinkedHashMap<>();
    private long endedMinute;

    /** @param tenant empty when the caller is not known @param caller principal, or address or IPv6 network when the caller is not known */
    record Key(String tenant, String caller, String code) {}

    /** What a minute's record says. @param counts refusals that have no record of their own */
    record Suppressed(long minute, Map<Key, Long> counts) {}

    /** @return whether this one gets a record of its own; otherwise it is counted */
    boolean tryTake(Key wanted, long nowMillis) {
        lock.lock();
        try {
            turnTo(Math.floorDiv(nowMillis, 60_000L));
            boolean isUnknown = wanted.tenant().isEmpty();
            Map<Key, Integer> seen = isUnknown ? unknown : known;
            Key key = seen.containsKey(wanted) || hasRoom(wanted) ? wanted : new Key(wanted.tenant(), "others", "any");
            int count = seen.merge(key, 1, (old, one) -> Math.min(old + one, RECORDS_PER_KEY + 1));
            if (count <= RECORDS_PER_KEY && (!isUnknown || ofUnknown < MAX_RECORDS_OF_UNKNOWN)) {
                ofUnknown += isUnknown ? 1 : 0;
                return true;
            }
            suppressed.merge(key, 1L, Long::sum);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** For a further key; one more of each tenant, for all its others, always has room. */
    private boolean hasRoom(Key wanted) {
        if (wanted.tenant().isEmpty()) {
            return unknown.size() < MAX_KEYS;
        }
        return known.size() < MAX_KEYS
                && keysOfTenants.merge(wanted.tenant(), 1, (old, one) -> Math.min(old + one, MAX_KEYS_PER_TENANT + 1))
                        <= MAX_KEYS_PER_TENANT;
    }

    /** The counts of the minute that ended, once; with none when there are none. @param unfinished also those of this minute */
    Suppressed drain(long nowMillis, boolean unfinished) {
        lock.lock();
        try {
            turnTo(Math.floorDiv(nowMillis, 60_000L));
            if (unfinished && ended.isEmpty()) {
                ended = suppressed;
                endedMinute = suppressedMinute;
                suppressed = new LinkedHashMap<>();
            }
            Suppressed drained = new Suppressed(endedMinute, ended);
            ended = new LinkedHashMap<>();
            return drained;
        } finally {
            lock.unlock();
        }
    }

    private void turnTo(long thisMinute) {
        if (thisMinute == minute) {
            return;
        }
        minute = thisMinute;
        ofUnknown = 0;
        known.clear();
        unknown.clear();
        keysOfTenants.clear();
        if (ended.isEmpty()) {
            ended = suppressed;
            endedMinute = suppressedMinute;
        } else {
            suppressed.forEach((key, count) -> ended.merge(key, count, Long::sum));
        }
        suppressed = new LinkedHashMap<>();
        suppressedMinute = thisMinute;
    }
}
