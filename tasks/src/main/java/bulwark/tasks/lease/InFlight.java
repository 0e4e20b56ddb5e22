package bulwark.tasks.lease;

import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.TakeLimits;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Everything this worker holds, and room for more. Thread-safe. */
public final class InFlight {
    private final Map<Receipt, LeasedDelivery> deliveries = new ConcurrentHashMap<>();
    private final AtomicInteger suspects = new AtomicInteger();
    private final Capacity capacity;
    private final TaskMemory memory;

    public InFlight(int most, TaskMemory memory) {
        capacity = new Capacity(most);
        this.memory = memory;
    }

    private static final class Capacity extends Semaphore {
        Capacity(int permits) {
            super(permits);
        }

        /** A broker may hand out a little more than was asked for. */
        void overdraw(int more) {
            reducePermits(more);
        }
    }

    /** Waits for room. @return how much was reserved, at most {@code most}; 0 when there is none in time */
    public int reserve(int most, long millis) throws InterruptedException {
        if (!capacity.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
            return 0;
        }
        int more = Math.min(most - 1, capacity.availablePermits());
        return more > 0 && capacity.tryAcquire(more) ? 1 + more : 1;
    }

    /** Gives back what a reservation did not need. @param unused negative when more arrived than was asked for */
    public void giveBack(int unused) {
        if (unused > 0) {
            capacity.release(unused);
        } else if (unused < 0) {
            capacity.overdraw(-unused);
        }
    }

    /** Takes room away without waiting. @return how much */
    public int shrink(int by) {
        int now = Math.min(by, Math.max(0, capacity.availablePermits()));
        return now > 0 && capacity.tryAcquire(now) ? now : 0;
    }

    public void add(LeasedDelivery leased) {
        deliveries.put(leased.receipt(), leased);
        if (suspect(leased)) {
            suspects.incrementAndGet();
        }
    }

    public void remove(LeasedDelivery leased) {
        if (deliveries.remove(leased.receipt(), leased)) {
            memory.release(leased.takeWeight());
            capacity.release();
            if (suspect(leased)) {
                suspects.decrementAndGet();
            }
        }
    }

    public boolean holds(LeasedDelivery leased) {
        return deliveries.get(leased.receipt()) == leased;
    }

    @Nullable
    LeasedDelivery find(Receipt receipt) {
        return deliveries.get(receipt);
    }

    public Collection<LeasedDelivery> all() {
        return deliveries.values();
    }

    /** Those whose handler runs. */
    public List<LeasedDelivery> running() {
        return deliveries.values().stream()
                .filter(leased -> leased.running() != null && !leased.claimed())
                .toList();
    }

    /** True while one is held whose earlier holders died again and again: no other such is taken meanwhile. */
    public boolean holdsSuspect() {
        return suspects.get() > 0;
    }

    private static boolean suspect(LeasedDelivery leased) {
        return TakeLimits.suspect(leased.receipt().delivery() - 1);
    }

    public int size() {
        return deliveries.size();
    }
}
