package bulwark.tasks.worker;

/** How long tasks take on average, lately. Races lose a sample, which is no harm. Thread-safe. */
final class Pace {
    private static final long QUICK_NANOS = 20_000_000;

    private volatile double average = Double.NaN;

    void ended(long nanos) {
        double old = average;
        average = Double.isNaN(old) ? nanos : old + (nanos - old) / 16;
    }

    /** Fetching ahead helps when tasks are quick, and harms others when they are not. */
    boolean quick() {
        return average < QUICK_NANOS;
    }
}
