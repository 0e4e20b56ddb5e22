package bulwark.tasks.embedded;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What crosses between a caller and the holder of the store: texts and numbers, nothing parsed. Times in milliseconds, those named micros in microseconds. */
final class Row {
    private Row() {}

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    static Instant ofMicros(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** @param notBefore 0 for at once */
    record Put(
            String message,
            String queue,
            int priority,
            long notBefore,
            @Nullable Status queued) {}

    /** @param fence null for none; @param retention milliseconds from now on */
    record Status(
            String id,
            String state,
            @Nullable String fence,
            long createdMicros,
            long updatedMicros,
            long retention,
            String body) {}

    record StoredStatus(String body, long createdMicros, long updatedMicros) {}

    record Demand(
            List<String> queues,
            List<String> channels,
            String consumer,
            long lease,
            int max,
            long patience,
            boolean suspects) {}

    /** @param deaths see {@link bulwark.tasks.broker.HolderDeath#parse} */
    record Taken(
            long id,
            String queue,
            boolean broadcast,
            long delivery,
            String message,
            @Nullable String deaths) {}

    /** What a receipt says. */
    record Hold(long id, String consumer, long delivery) {}

    record Begin(Hold hold, Status running) {}

    /** Done when neither {@code again} nor {@code dead} is there. */
    record End(
            Hold hold,
            @Nullable Put again,
            @Nullable Dead dead,
            @Nullable Status status,
            boolean onlyIfAbsent) {}

    record Dead(
            String queue,
            @Nullable String taskId,
            @Nullable String message,
            @Nullable String fields,
            String reason,
            String meta) {}

    record Letter(long id, Dead content, long deadMicros) {}

    /** @param letter its id; @param taskId whose status is admitted again */
    record Readmission(long letter, String taskId, String reason, long delay, Put put) {}

    record Group(String id, int expected, String meta, List<StoredStatus> results) {}

    /** @param version as the caller knows it */
    record Schedule(
            String id,
            long version,
            boolean enabled,
            @Nullable Long nextRunMicros,
            @Nullable Long expireMicros,
            String body) {}

    record Fired(
            long scheduledMicros,
            long executedMicros,
            boolean success,
            long duration,
            @Nullable String error) {}
}
