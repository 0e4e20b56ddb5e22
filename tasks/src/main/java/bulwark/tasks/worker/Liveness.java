package bulwark.tasks.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Signs of life: the read loop moves, the broker answers, virtual threads get a processor. Thread-safe. */
final class Liveness {
    /** Every loop looks more often, and a probe asks every few seconds. */
    static final Duration PROGRESS_TIMEOUT = Duration.ofSeconds(10);

    /** Tasks that compute may occupy the processors for a while. */
    private static final Duration SCHEDULE_TIMEOUT = Duration.ofSeconds(30);

    private volatile long moved = System.nanoTime();
    private volatile long answered = System.nanoTime();
    private volatile long scheduled = System.nanoTime();
    private volatile @Nullable String refusal;

    void moved() {
        moved = System.nanoTime();
    }

    void answered() {
        answered = System.nanoTime();
    }

    /** The broker took a write. */
    void wrote() {
        answered();
        refusal = null;
    }

    /** @param sentence why the broker takes no writes */
    void refused(String sentence) {
        refusal = sentence;
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
        String why = refusal;
        if (why != null) {
            problems.add("The broker takes no writes: " + why);
        }
        check(moved, PROGRESS_TIMEOUT, "The read loop has not moved", problems);
        check(answered, PROGRESS_TIMEOUT, "The broker has not answered", problems);
        check(scheduled, SCHEDULE_TIMEOUT, "Tasks occupy every processor: no other task was started", problems);
        return problems;
    }

    private static void check(long since, Duration most, String what, List<String> problems) {
        long nanos = System.nanoTime() - since;
        if (nanos > most.toNanos()) {
            problems.add(what + " for " + nanos / 1_000_000_000 + " s.");
        }
    }
}
