package bulwark.gateway.proxy;

import java.time.Duration;
import java.util.function.LongSupplier;

/** When a call is too late: the limit of its present phase and that of the whole. Used on the call's event loop. */
final class CallDeadline {
    private final LongSupplier time;
    private long totalDeadlineNanos;
    private boolean totalLimited;
    private boolean limited;
    private long deadlineNanos;

    /** @param total zero for no limit */
    CallDeadline(LongSupplier time, long startNanos, Duration total) {
        this.time = time;
        totalLimited = !total.isZero();
        totalDeadlineNanos = startNanos + total.toNanos();
    }

    /** The present phase ends within this time; zero for no limit. */
    void limit(Duration timeout) {
        limited = !timeout.isZero();
        if (limited) {
            deadlineNanos = time.getAsLong() + timeout.toNanos();
        }
    }

    /** The present phase has a limit elsewhere, and the whole keeps its own. */
    void unlimited() {
        limited = false;
    }

    /** Neither phase nor whole: an event stream, or another protocol. */
    void endless() {
        limited = false;
        totalLimited = false;
    }

    /** No phase, and the whole ends within this time from now. */
    void lasts(Duration atMost) {
        limited = false;
        totalLimited = true;
        totalDeadlineNanos = time.getAsLong() + atMost.toNanos();
    }

    boolean isPhaseLimited() {
        return limited;
    }

    /** @param phaseCounts whether the limit of the phase applies now */
    boolean isOver(long nowNanos, boolean phaseCounts) {
        return limited && phaseCounts && nowNanos - deadlineNanos >= 0
                || totalLimited && nowNanos - totalDeadlineNanos >= 0;
    }
}
