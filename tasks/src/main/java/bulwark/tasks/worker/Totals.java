package bulwark.tasks.worker;

import java.util.concurrent.atomic.LongAdder;

/** How many runs this worker started and how they ended. Thread-safe. */
final class Totals {
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

    long started() {
        return started.sum();
    }

    long completed() {
        return completed.sum();
    }

    long failed() {
        return failed.sum();
    }
}
