package bulwark.tasks.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Signs of life: the read loop moves, the broker answers, virtual threads get a processor. Thread-safe. */
final class Liveness {
    static final Duration PROGRESS_TIMEOUT = Duration.ofSeconds(30);

    private volatile long moved = System.nanoTime();
    private volatile long answered = System.nanoTime();
    private volatile long scheduled = System.nanoTime();

    void moved() {
        moved = System.nanoTime();
    }

    void answered() {
        answered = System.nanoTime();
    }

    void askScheduler() {
        Thread.startVirtualThread(() -> scheduled = System.nanoTime());
    }

    long sinceAnsweredMs() {
        return (System.nanoTime() - answered) / 1_000_000;
    }

    /** Sentences; empty when alive. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        check(moved, "The read loop has not moved", problems);
        check(answered, "The broker has not answered", problems);
        check(scheduled, "Tasks occupy every processor: no other task was started", problems);
        return problems;
    }

    private static void check(long since, String what, List<String> problems) {
        long nanos = System.nanoTime() - since;
        if (nanos > PROGRESS_TIMEOUT.toNanos()) {
            problems.add(what + " for " + nanos / 1_000_000_000 + " s.");
        }
    }
}
