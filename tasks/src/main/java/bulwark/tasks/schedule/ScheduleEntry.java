package bulwark.tasks.schedule;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One stored schedule and its run state.
 *
 * @param timezone IANA name, or null for UTC
 * @param expireAt no run at or after it, or null
 * @param version grows with each change; 0 for one that was never stored
 */
public record ScheduleEntry(
        String id,
        String taskName,
        String queue,
        ScheduleSpec spec,
        ObjectNode args,
        ObjectNode kwargs,
        ObjectNode meta,
        boolean enabled,
        Duration jitter,
        @Nullable String timezone,
        @Nullable Instant expireAt,
        Run run,
        long version) {
    /** A copy with another run state, of the same version. */
    public ScheduleEntry withRun(boolean nowEnabled, Run changed) {
        return new ScheduleEntry(
                id,
                taskName,
                queue,
                spec,
                args,
                kwargs,
                meta,
                nowEnabled,
                jitter,
                timezone,
                expireAt,
                changed,
                version);
    }

    public ScheduleEntry withVersion(long other) {
        return new ScheduleEntry(
                id, taskName, queue, spec, args, kwargs, meta, enabled, jitter, timezone, expireAt, run, other);
    }

    /**
     * @param nextRunAt nominal time of the next fire, or null when there is none
     * @param missed fires that were due while no beat ran and were not caught up
     */
    public record Run(
            @Nullable Instant lastRunAt,
            @Nullable Instant nextRunAt,
            Duration lastJitter,
            @Nullable String lastError,
            long totalRunCount,
            @Nullable Instant lastSuccessAt,
            @Nullable Instant lastErrorAt,
            @Nullable Duration drift,
            long missed) {
        public static final Run NEVER = new Run(null, null, Duration.ZERO, null, 0, null, null, null, 0);
    }
}
