package bulwark.tasks.embedded;

import bulwark.tasks.broker.StartLimit;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What crosses between a caller and the store's owner: texts and numbers, nothing parsed. Times in milliseconds, those named micros in microseconds. */
final class StoreRpc {
    private StoreRpc() {}

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    static Instant ofMicros(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** @param notBefore 0 for at once */
    record Publish(
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

    record Poll(
            List<String> queues,
            List<String> channels,
            String consumer,
            long lease,
            int max,
            long waitMillis,
            boolean suspects) {}

    /**
     * @param deaths see {@link bulwark.tasks.broker.HolderDeath#parse}
     * @param limitsPassed see {@link bulwark.tasks.broker.ReceivedMessage.Delivery}
     */
    record Received(
            long id,
            String queue,
            boolean broadcast,
            long delivery,
            String message,
            @Nullable String deaths,
            boolean limitsPassed) {}

    /** What a receipt says. */
    record Lease(long id, String consumer, long delivery) {}

    /** @param backlog name of the backlog in which it waits if it may not start */
    record LimitedRun(Lease lease, String queue, String backlog, List<StartLimit> limits) {}

    record BeginRun(Lease lease, Status running) {}

    /** Done when neither {@code requeue} nor {@code dead} is there. @param unvouched see {@link bulwark.tasks.broker.Settlement.Reject} */
    record Settle(
            Lease lease,
            @Nullable Publish requeue,
            @Nullable DeadLetterContent dead,
            @Nullable Status status,
            @Nullable String unvouched) {}

    record DeadLetterContent(
            String queue,
            @Nullable String taskId,
            @Nullable String message,
            @Nullable String fields,
            String reason,
            String meta) {}

    record StoredDeadLetter(long id, DeadLetterContent content, long deadMicros) {}

    /** @param deadLetterId its id; @param taskId whose status is admitted again; @param digest of the envelope that goes back */
    record Replay(long deadLetterId, String taskId, String reason, long delay, String digest, Publish publish) {}

    record Group(String id, int expected, String meta, List<StoredStatus> results) {}

    /** @param version as the caller knows it */
    record Schedule(
            String id,
            long version,
            boolean enabled,
            @Nullable Long nextRunMicros,
            @Nullable Long expireMicros,
            String body) {}

    record FireRecord(
            long scheduledMicros,
            long executedMicros,
            boolean success,
            long duration,
            @Nullable String error) {}
}
