package bulwark.tasks.beat;

import bulwark.kernel.metrics.Metrics;
import bulwark.tasks.schedule.ScheduleEntry;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counters of a beat. Past some hundred schedules the label is {@code other}. Thread-safe. */
final class BeatMetrics {
    private static final int MAX_SCHEDULES = 200;
    private static final double[] DISPATCH = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5};
    private static final double[] LATE = {0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 60, 600, 3600};

    private final Metrics metrics;
    private final Set<String> schedules = ConcurrentHashMap.newKeySet();
    private final AtomicInteger due = new AtomicInteger();
    private final AtomicInteger overdue = new AtomicInteger();

    BeatMetrics(Metrics metrics) {
        this.metrics = metrics;
        metrics.gauge("stem_scheduler_due_entries", due::get);
        metrics.gauge("stem_scheduler_overdue_entries", overdue::get);
    }

    void tick(int dueNow, int overdueNow) {
        due.set(dueNow);
        overdue.set(overdueNow);
    }

    void attempt(ScheduleEntry entry) {
        count("stem_scheduler_dispatch_attempts", entry);
    }

    void published(ScheduleEntry entry, Duration took, Duration late) {
        count("stem_scheduler_dispatch_success", entry);
        metrics.time("stem_scheduler_dispatch_duration", took, DISPATCH, "schedule", label(entry));
        metrics.time("stem_scheduler_drift", late, LATE, "schedule", label(entry));
        metrics.time("stem_scheduler_overdue_lag", late, LATE);
    }

    void failed(ScheduleEntry entry) {
        count("stem_scheduler_dispatch_failed", entry);
    }

    /** This beat moved the schedule on. */
    void won() {
        metrics.count("stem_scheduler_lock_acquired");
    }

    /** Another beat had published it, or moved it on. */
    void contended() {
        metrics.count("stem_scheduler_lock_contended");
    }

    void missed(ScheduleEntry entry, long fires) {
        metrics.counter("stem_scheduler_missed", "schedule", label(entry)).increment(fires);
    }

    void storeFailed() {
        metrics.count("stem_scheduler_store_failed");
    }

    private void count(String name, ScheduleEntry entry) {
        metrics.count(name, "schedule", label(entry));
    }

    private String label(ScheduleEntry entry) {
        if (schedules.contains(entry.id())) {
            return entry.id();
        }
        if (schedules.size() >= MAX_SCHEDULES) {
            return "other";
        }
        schedules.add(entry.id());
        return entry.id();
    }
}
