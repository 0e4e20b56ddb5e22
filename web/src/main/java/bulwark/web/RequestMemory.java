package bulwark.web;

import bulwark.web.MemoryBudget.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What one request holds of the process's memory. A handler that builds something large takes the bytes before it builds them;
 * they are given back when the answer is sent. Thread-safe.
 */
public final class RequestMemory {
    private static final RequestMemory UNLIMITED = new RequestMemory(new MemoryBudget(Long.MAX_VALUE / 2), "nobody");

    private final MemoryBudget budget;
    private String holder;
    private long held;
    private boolean ended;

    RequestMemory(MemoryBudget budget, String holder) {
        this.budget = budget;
        this.holder = holder;
    }

    /** For requests that no network brought: nothing is counted against anybody. */
    public static RequestMemory unlimited() {
        return UNLIMITED;
    }

    /** For a request that no network brought and that may hold so many bytes at the most. */
    public static RequestMemory upTo(long bytes) {
        return new RequestMemory(MemoryBudget.ofOneHolder(bytes), "one request");
    }

    /** @throws Exhausted when the process or the caller holds too much already; the edge renders it */
    public void take(long bytes) {
        EdgeRefusal refusal = tryTake(bytes);
        if (refusal != null) {
            throw new Exhausted(refusal);
        }
    }

    /** Null when the bytes were granted. */
    synchronized @Nullable EdgeRefusal tryTake(long bytes) {
        if (ended || this == UNLIMITED) {
            return null;
        }
        Verdict verdict = budget.take(holder, held, bytes);
        if (verdict == Verdict.GRANTED) {
            held += bytes;
            return null;
        }
        return switch (verdict) {
            case SHARE_FULL -> new EdgeRefusal.ShareExhausted();
            case TOO_LARGE -> new EdgeRefusal.TooComplex();
            default -> new EdgeRefusal.Overloaded();
        };
    }

    /** From now on the bytes count against this holder. Call before anything is taken. */
    synchronized void chargeTo(String name) {
        holder = name;
    }

    /** Holds the answer instead of the work that it took; null when that is granted. */
    synchronized @Nullable EdgeRefusal holdOnly(long bytes) {
        if (bytes <= held) {
            shrink(bytes);
            return null;
        }
        return tryTake(bytes - held);
    }

    /** Gives everything back but the given number of bytes: the answer that is left of the work. */
    private void shrink(long bytes) {
        if (held > bytes) {
            budget.release(holder, held, held - bytes);
            held = bytes;
        }
    }

    synchronized void end() {
        shrink(0);
        ended = true;
    }

    /** Carries a refusal out of a handler; without a stack trace, because callers can cause it at will. */
    public static final class Exhausted extends RuntimeException {
        private final transient EdgeRefusal refusal;

        Exhausted(EdgeRefusal refusal) {
            super(refusal.code(), null, false, false);
            this.refusal = refusal;
        }

        public EdgeRefusal refusal() {
            return refusal;
        }
    }
}
