package bulwark.kernel.storage;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What each read of the store may cost while somebody else's request is answered. Reads outside of {@link #within} are not
 * limited: checks, exports and indexes take as long as they take.
 *
 * @param time how long one read job may run once it has begun
 * @param steps how many steps of SQLite's virtual machine it may take, in proportion to the rows that it looks at; another engine has its time alone
 */
public record QueryLimit(Duration time, long steps) {
    private static final ScopedValue<QueryLimit> CURRENT = ScopedValue.newInstance();

    /** Runs the work; every {@link Store#read} that it makes on this thread stops at the limit with {@link QueryStopped}. */
    public <T extends @Nullable Object> T within(Supplier<T> work) {
        return ScopedValue.where(CURRENT, this).call(work::get);
    }

    /** The limit of this thread's reads, for an engine; null without one. */
    public static @Nullable QueryLimit current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    /** A read passed its limit and was stopped; nothing was changed. */
    public static final class QueryStopped extends RuntimeException {
        private final boolean tooBroad;

        /** @param tooBroad it looked at too many rows; otherwise it ran for too long */
        public QueryStopped(boolean tooBroad) {
            super(tooBroad ? "the query looked at too many rows" : "the query ran for too long", null, false, false);
            this.tooBroad = tooBroad;
        }

        /** It looked at too many rows; otherwise it ran for too long. */
        public boolean tooBroad() {
            return tooBroad;
        }
    }
}
