package bulwark.tasks.worker;

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
final class InFlight {
    private final Map<Receipt, Held> held = new ConcurrentHashMap<>();
    private final AtomicInteger suspects = new AtomicInteger();
    private final Room room;
    private final TaskMemory memory;

    InFlight(int most, TaskMemory memory) {
        room = new Room(most);
        this.memory = memory;
    }

    private static final class Room extends Semaphore {
        Room(int permits) {
            super(permits);
        }

        /** A broker may hand out a little more than was asked for. */
        void overdraw(int more) {
            reducePermits(more);
        }
    }

    /** Waits for room. @return how much was reserved, at most {@code most}; 0 when there is none in time */
    int reserve(int most, long millis) throws InterruptedException {
        if (!room.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
            return 0;
        }
        int more = Math.min(most - 1, room.availablePermits());
        return more > 0 && room.tryAcquire(more) ? 1 + more : 1;
    }

    /** Gives back what a reservation did not need. @param unused negative when more arrived than was asked for */
    void giveBack(int unused) {
        if (unused > 0) {
            room.release(unused);
        } else if (unused < 0) {
            room.overdraw(-unused);
        }
    }

    /** Takes room away without waiting. @return how much */
    int shrink(int by) {
        int now = Math.min(by, Math.max(0, room.availablePermits()));
        return now > 0 && room.tryAcquire(now) ? now : 0;
    }

    void add(Held one) {
        held.put(one.receipt(), one);
        if (suspect(one)) {
            suspects.incrementAndGet();
        }
    }

    void remove(Held one) {
        if (held.remove(one.receipt(), one)) {
            memory.release(one.takeWeight());
            room.release();
            if (suspect(one)) {
                suspects.decrementAndGet();
            }
        }
    }

    boolean holds(Held one) {
        return held.get(one.receipt()) == one;
    }

    @Nullable
    Held find(Receipt receipt) {
        return held.get(receipt);
    }

    Collection<Held> all() {
        return held.values();
    }

    /** Those whose handler runs. */
    List<Held> running() {
        return held.values().stream()
                .filter(one -> one.running() != null && !one.claimed())
                .toList();
    }

    /** True while one is held whose earlier holders died again and again: no other such is taken meanwhile. */
    boolean holdsSuspect() {
        return suspects.get() > 0;
    }

    private static boolean suspect(Held one) {
        return TakeLimits.suspect(one.receipt().delivery() - 1);
    }

    int size() {
        return held.size();
    }
}
