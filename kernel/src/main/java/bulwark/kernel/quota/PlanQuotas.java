package bulwark.kernel.quota;

import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What every consumer has used of its plan, in memory. Its number of consumers is bounded: when it is full, those are forgotten who lose no count by it; when there are none, new consumers
 * share the limits of one, so that no count of a day is ever forgotten. Thread-safe, lock-free while a call is decided.
 */
public final class PlanQuotas {
    /** Whom new consumers are counted as while there is no room for them. */
    public static final String OVERFLOW = "*overflow*";

    /** Of a consumer that was read from a file and has not called since: it is never forgotten. */
    private static final QuotaPlan RESTORED = new QuotaPlan("restored", 1, 0, 1, 1, 1, QuotaPlan.OnStoreFailure.REFUSE);

    private static final long SWEEP_INTERVAL_NANOS = 1_000_000_000L;

    private final int maxConsumers;
    private final Clock clock;
    private final Map<String, Counter> consumers = new ConcurrentHashMap<>();
    private final AtomicLong sweptAt = new AtomicLong(Long.MIN_VALUE);
    private volatile UtcCalendar calendar = UtcCalendar.at(0);

    /** The plan is that of the last call; it says what may be forgotten. */
    private static final class Counter {
        private final AtomicReference<PlanUsage> state;
        volatile QuotaPlan plan;

        Counter(PlanUsage usage, QuotaPlan plan) {
            this.state = new AtomicReference<>(usage);
            this.plan = plan;
        }

        PlanUsage usage() {
            return Objects.requireNonNull(state.get());
        }

        boolean replace(PlanUsage before, PlanUsage after) {
            return state.compareAndSet(before, after);
        }
    }

    /** @param maxConsumers about 250 bytes each */
    public PlanQuotas(int maxConsumers, Clock clock) {
        this.maxConsumers = maxConsumers;
        this.clock = clock;
    }

    /**
     * What a consumer has used.
     *
     * @param dayCount calls since midnight UTC
     * @param monthCount calls since the first of the month, UTC
     * @param rateLimit null without any limit
     */
    public record Usage(
            String consumer,
            QuotaPlan plan,
            long dayCount,
            long monthCount,
            @Nullable QuotaStatus rateLimit) {}

    /** Counts one call in every period of the plan, or in none. */
    public QuotaDecision reserve(String consumer, QuotaPlan plan) {
        long now = Gcra.nanos(clock.instant());
        UtcCalendar today = today(now);
        while (true) {
            Counter counter = counter(consumer, plan, now);
            PlanUsage before = counter.usage();
            if (before.isGone()) {
                continue;
            }
            if (!counter.plan.equals(plan)) {
                counter.plan = plan;
            }
            PlanUsage.Step step = before.reserve(plan, now, today);
            if (step.after().equals(before) || counter.replace(before, step.after())) {
                return step.decision();
            }
        }
    }

    /** What answers say to a consumer whose call was not counted; null without any limit. */
    public @Nullable QuotaStatus peek(String consumer, QuotaPlan plan) {
        long now = Gcra.nanos(clock.instant());
        Counter counter = consumers.get(consumer);
        PlanUsage usage = counter == null ? PlanUsage.NONE : counter.usage();
        return (usage.isGone() ? PlanUsage.NONE : usage).rateLimit(plan, now, today(now));
    }

    /** Empty for a consumer that was never counted. */
    public Optional<Usage> usage(String consumer) {
        Counter counter = consumers.get(consumer);
        return counter == null ? Optional.empty() : Optional.of(usage(consumer, counter));
    }

    /** The consumers with the most calls today, most first. */
    public List<Usage> busiest(int max) {
        return consumers.entrySet().stream()
                .map(each -> usage(each.getKey(), each.getValue()))
                .sorted(Comparator.comparingLong(Usage::dayCount).reversed().thenComparing(Usage::consumer))
                .limit(max)
                .toList();
    }

    /** Takes every count back to 0. @return false for a consumer that was never counted */
    public boolean reset(String consumer) {
        return consumers.computeIfPresent(consumer, (key, counter) -> {
                    counter.state.set(PlanUsage.NONE);
                    return counter;
                })
                != null;
    }

    public int size() {
        return consumers.size();
    }

    private Usage usage(String consumer, Counter counter) {
        long now = Gcra.nanos(clock.instant());
        UtcCalendar today = today(now);
        PlanUsage kept = counter.usage();
        PlanUsage usage = (kept.isGone() ? PlanUsage.NONE : kept).rolled(today);
        return new Usage(
                consumer,
                counter.plan,
                usage.dayCount(),
                usage.monthCount(),
                usage.rateLimit(counter.plan, now, today));
    }

    private Counter counter(String consumer, QuotaPlan plan, long now) {
        Counter known = consumers.get(consumer);
        if (known != null) {
            return known;
        }
        String key = consumers.size() < maxConsumers || sweep(now) ? consumer : OVERFLOW;
        return consumers.computeIfAbsent(key, name -> new Counter(PlanUsage.NONE, plan));
    }

    /** Forgets who loses nothing by it, at most once a second. @return whether there is room now */
    private boolean sweep(long now) {
        long last = sweptAt.get();
        if (last != Long.MIN_VALUE && Math.abs(now - last) < SWEEP_INTERVAL_NANOS) {
            return false;
        }
        if (sweptAt.compareAndSet(last, now)) {
            UtcCalendar today = today(now);
            consumers.forEach((consumer, counter) -> {
                PlanUsage usage = counter.usage();
                // First marked, then removed: a call that holds the counter meanwhile looks for another one.
                if (!usage.isGone()
                        && usage.isForgettable(counter.plan, now, today)
                        && counter.replace(usage, PlanUsage.GONE)) {
                    consumers.remove(consumer, counter);
                }
            });
        }
        return consumers.size() < maxConsumers;
    }

    private UtcCalendar today(long now) {
        long second = Math.floorDiv(now, 1_000_000_000L);
        UtcCalendar known = calendar;
        if (known.holds(second)) {
            return known;
        }
        UtcCalendar fresh = UtcCalendar.at(second);
        calendar = fresh;
        return fresh;
    }

    /** What a file keeps of a consumer. */
    record Saved(String consumer, PlanUsage usage) {}

    /** Everything that must survive a restart. */
    List<Saved> saved() {
        long now = Gcra.nanos(clock.instant());
        UtcCalendar today = today(now);
        return consumers.entrySet().stream()
                .map(each -> new Saved(each.getKey(), each.getValue().usage()))
                .filter(each -> !each.usage().isGone() && !each.usage().isEmpty(now, today))
                .toList();
    }

    /** Before the first call. */
    void restore(Saved each) {
        consumers.put(each.consumer(), new Counter(each.usage(), RESTORED));
    }
}
