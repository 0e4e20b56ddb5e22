package bulwark.tasks.execution;

import java.util.concurrent.atomic.LongAdder;

/** How many runs this worker started and how they ended. Thread-safe. */
public final class WorkerCounters {
    private final LongAdder started = new LongAdder();
    private final LongAdder completed = new LongAdder();
    private final LongAdder failed = new LongAdder();

    void oneStarted() {
        started.increment();
    }

    void oneCompleted() {
        completed.increment();
    }

    void oneFailed() {
        failed.increment();
    }

    public long started() {
        return started.sum();
    }

    public long completed() {
        return completed.sum();
    }

    public long failed() {
        return failed.sum();
    }
}
