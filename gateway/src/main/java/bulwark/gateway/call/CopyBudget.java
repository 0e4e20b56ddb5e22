package bulwark.gateway.call;

import java.util.concurrent.atomic.AtomicLong;

/** Bounds what all copies of answers under way hold together. Thread-safe; never blocks. */
public final class CopyBudget {
    private final long maxBytes;
    private final AtomicLong taken = new AtomicLong();

    public CopyBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Takes all of the bytes or none. */
    boolean tryTake(int bytes) {
        if (taken.addAndGet(bytes) <= maxBytes) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    void giveBack(int bytes) {
        taken.addAndGet(-bytes);
    }

    /** Whether not a byte more can be taken. */
    boolean isUsedUp() {
        return taken.get() >= maxBytes;
    }

    /** Bytes of copies under way. */
    public long taken() {
        return taken.get();
    }
}
