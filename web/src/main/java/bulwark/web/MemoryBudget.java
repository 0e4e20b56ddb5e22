package bulwark.web;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that requests hold together: bodies, parsed trees, answers. One total for the process and a share for each holder (a
 * principal, or the address of a caller that is not known), so that one holder cannot use up what the others need. Thread-safe.
 */
final class MemoryBudget {
    /** Small requests count in the total only: no look-up by holder on the way of most requests. */
    static final long SMALL = 16 * 1024;

    private final long total;
    private final long share;
    private final AtomicLong used = new AtomicLong();
    private final ConcurrentMap<String, Long> byHolder = new ConcurrentHashMap<>();

    enum Verdict {
        GRANTED,
        /** All requests together hold too much. */
        FULL,
        /** The requests of this holder hold too much. */
        SHARE_FULL,
        /** This request alone holds more than any holder may. */
        TOO_LARGE
    }

    MemoryBudget(long total) {
        this(total, total / 8 * 5);
    }

    private MemoryBudget(long total, long share) {
        this.total = total;
        this.share = share;
    }

    /** Of which one holder may have all. */
    static MemoryBudget ofOneHolder(long total) {
        return new MemoryBudget(total, total);
    }

    /** The part of the heap that requests may hold together. */
    static MemoryBudget ofHeap(long maxHeap) {
        return new MemoryBudget(maxHeap / 4);
    }

    long used() {
        return used.get();
    }

    long total() {
        return total;
    }

    /**
     * Takes bytes for a request. Always give back what {@link Verdict#GRANTED} gave with {@link #release}.
     *
     * @param before what the request holds already
     */
    Verdict take(String holder, long before, long bytes) {
        if (before + bytes > share) {
            return Verdict.TOO_LARGE;
        }
        if (used.addAndGet(bytes) > total) {
            used.addAndGet(-bytes);
            return Verdict.FULL;
        }
        long charged = charged(before + bytes) - charged(before);
        if (charged > 0 && byHolder.merge(holder, charged, Long::sum) > share) {
            discharge(holder, charged);
            used.addAndGet(-bytes);
            return Verdict.SHARE_FULL;
        }
        return Verdict.GRANTED;
    }

    /** @param held everything that the request holds; @param bytes how much of it is given back */
    void release(String holder, long held, long bytes) {
        if (bytes > 0) {
            used.addAndGet(-bytes);
            long charged = charged(held) - charged(held - bytes);
            if (charged > 0) {
                discharge(holder, charged);
            }
        }
    }

    private void discharge(String holder, long bytes) {
        byHolder.computeIfPresent(holder, (name, held) -> held <= bytes ? null : held - bytes);
    }

    private static long charged(long held) {
        return held > SMALL ? held : 0;
    }
}
