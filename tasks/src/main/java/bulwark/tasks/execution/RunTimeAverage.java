package bulwark.tasks.execution;

/** Moving average of the run time of tasks. Races lose a sample, which is no harm. Thread-safe. */
public final class RunTimeAverage {
    private static final long QUICK_NANOS = 20_000_000;

    private volatile double average = Double.NaN;

    void record(long nanos) {
        double old = average;
        average = Double.isNaN(old) ? nanos : old + (nanos - old) / 16;
    }

    /** Fetching ahead helps when tasks are quick, and harms others when they are not. */
    public boolean quick() {
        return average < QUICK_NANOS;
    }
}
