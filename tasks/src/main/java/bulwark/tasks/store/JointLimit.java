package bulwark.tasks.store;

import bulwark.kernel.quota.Gcra;
import bulwark.tasks.broker.StartLimit;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Several limits as one: a start is taken out of all of them or out of none. Pure. */
public final class JointLimit {
    private JointLimit() {}

    /** What is stored under a limit's key. */
    @FunctionalInterface
    public interface StoredArrival<E extends Exception> {
        /** @return 0 when nothing is */
        long of(String key) throws E;
    }

    /**
     * @param delay nanoseconds until a start would be given, 0 when it was
     * @param next after a start: nanoseconds until another one could be given
     * @param toStore under each key; empty unless a start was given
     */
    public record Step(long delay, long next, Map<String, Long> toStore) {
        public boolean granted() {
            return delay == 0;
        }
    }

    /** @param now nanoseconds since 1970 */
    public static <E extends Exception> Step acquire(List<StartLimit> limits, StoredArrival<E> stored, long now)
            throws E {
        long delay = 0;
        long next = 0;
        Map<String, Long> toStore = new LinkedHashMap<>();
        for (StartLimit limit : limits) {
            if (limit.limit() < 1) {
                delay = Math.max(delay, Math.max(1, limit.per().toNanos()));
                continue;
            }
            Gcra rate = rate(limit.limit(), limit.per());
            Gcra.Step step = rate.acquire(stored.of(limit.key()), now);
            delay = Math.max(delay, step.delay());
            next = Math.max(next, rate.acquire(step.fullAt(), now).delay());
            toStore.put(limit.key(), step.fullAt());
        }
        return delay > 0 ? new Step(delay, delay, Map.of()) : new Step(0, next, toStore);
    }

    private static Gcra rate(int limit, Duration per) {
        long spacing = Math.max(1, per.toNanos() / limit);
        return new Gcra(spacing, spacing * limit);
    }
}
