package bulwark.tasks.lease;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One budget of memory for everything that a worker holds of its tasks: what is being read, what waits, runs and is being settled. Light tasks do not ask, for their number is limited;
 * a heavy one waits here until there is memory for it, in order. Thread-safe.
 */
public final class TaskMemory {
    private static final long UNIT = 1024;

    private final long total;
    /** Units of memory. Fair, so that small ones cannot overtake a large one for ever. */
    private final Semaphore free;
    /** Characters of texts that wait to be read. */
    private final AtomicLong unread = new AtomicLong();

    public TaskMemory(long total) {
        this.total = total;
        this.free = new Semaphore(units(total), true);
    }

    private static int units(long bytes) {
        return (int) Math.min(Integer.MAX_VALUE, (bytes + UNIT - 1) / UNIT);
    }

    public long total() {
        return total;
    }

    /** False for what this worker can never hold. */
    public boolean holds(long bytes) {
        return bytes <= total;
    }

    /** Waits for it. */
    public void acquire(long bytes) {
        free.acquireUninterruptibly(units(bytes));
    }

    public void release(long bytes) {
        if (bytes > 0) {
            free.release(units(bytes));
        }
    }

    public void arrived(long characters) {
        unread.addAndGet(characters);
    }

    public void read(long characters) {
        unread.addAndGet(-characters);
    }

    /** How many more messages may be fetched, when each of them may be as long as an envelope may be. */
    public int room(int wanted, long maxEnvelope) {
        long left = total / 2 - unread.get();
        return left <= 0 ? 0 : (int) Math.clamp(left / Math.max(1, maxEnvelope), 1, wanted);
    }
}
