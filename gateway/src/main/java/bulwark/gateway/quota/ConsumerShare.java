package bulwark.gateway.quota;

import bulwark.kernel.quota.PlanUsage;
import bulwark.kernel.quota.QuotaDecision;
import bulwark.kernel.quota.QuotaDecision.Admitted;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.quota.QuotaStatus;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What one gateway holds of one consumer's limits: calls that the store has counted already and that nobody made yet, and what the store said last. Thread-safe, lock-free. */
final class ConsumerShare {
    /** A refusal is repeated so long without a word with the store; calls that another gateway gives back meanwhile come too late for it. */
    private static final long REFUSAL_NANOS = 50_000_000L;

    private static final Held NONE = new Held(0, 0, null, null);

    private final AtomicReference<Held> held = new AtomicReference<>(NONE);
    private volatile @Nullable Refusal refusal;
    volatile long usedNanos = System.nanoTime();
    /** The plan of the last word with the store. */
    volatile @Nullable QuotaPlan plan;
    /** Of the store when it told {@link #known}; empty before. */
    volatile String epoch = "";
    /** Calls that the last word with the store brought, and when it was: only the thread that talks to the store looks. */
    int granted;

    long askedNanos;

    /** The newest counts that the store told. */
    volatile PlanUsage known = PlanUsage.NONE;

    /**
     * @param calls that may be made without the store
     * @param expiresNanos of {@link System#nanoTime}: earlier than the store thinks
     */
    private record Held(
            int calls,
            long expiresNanos,
            @Nullable QuotaPlan plan,
            @Nullable QuotaStatus rateLimit) {}

    private record Refusal(QuotaDecision decision, QuotaPlan plan, long untilNanos) {}

    /** Null when the store must be asked. */
    @Nullable
    QuotaDecision tryTake(QuotaPlan plan, long nowNanos) {
        usedNanos = nowNanos;
        while (true) {
            Held now = now();
            if (now.calls == 0 || nowNanos - now.expiresNanos >= 0 || !plan.equals(now.plan)) {
                Refusal last = refusal;
                return last != null && last.untilNanos - nowNanos > 0 && plan.equals(last.plan) ? last.decision : null;
            }
            Held after = new Held(now.calls - 1, now.expiresNanos, now.plan, now.rateLimit);
            if (held.compareAndSet(now, after)) {
                return new Admitted(rateLimit(now));
            }
        }
    }

    /** What the store has left, and what is held of it here. */
    private static @Nullable QuotaStatus rateLimit(Held now) {
        QuotaStatus told = now.rateLimit;
        return told == null
                ? null
                : new QuotaStatus(told.limit(), told.remaining() + now.calls - 1, told.resetSeconds());
    }

    private Held now() {
        Held now = held.get();
        return now == null ? NONE : now;
    }

    /** Calls that are held and still valid. */
    int left(long nowNanos) {
        Held now = now();
        return nowNanos - now.expiresNanos >= 0 ? 0 : now.calls;
    }

    /** Takes out what is held, to be given back to the store; nothing of it can be used any more. 0 when it expired: the store has it back already as far as it comes back. */
    int takeAll() {
        Held before = held.getAndSet(NONE);
        return before == null ? 0 : before.calls;
    }

    /** More calls, counted by the store. @param expiresNanos also of those that were held before */
    void add(int calls, long expiresNanos, QuotaPlan plan, @Nullable QuotaStatus rateLimit) {
        held.updateAndGet(
                before -> new Held((before == null ? 0 : before.calls) + calls, expiresNanos, plan, rateLimit));
        refusal = null;
    }

    void refused(QuotaDecision decision, QuotaPlan plan, long nowNanos) {
        refusal = new Refusal(decision, plan, nowNanos + REFUSAL_NANOS);
    }
}
