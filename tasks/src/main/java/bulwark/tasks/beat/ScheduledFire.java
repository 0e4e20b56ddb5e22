package bulwark.tasks.beat;

import bulwark.kernel.signing.Digests;
import bulwark.kernel.time.Timestamps;
import bulwark.kernel.time.UuidV7;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.schedule.ScheduleEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One nominal time of a schedule. Everything that tells it from other fires follows from the schedule's id and that time, so that every beat that finds it due
 * makes the same task of it.
 */
record ScheduledFire(ScheduleEntry entry, Instant nominal) {
    /** What the broker remembers. */
    String identity() {
        return entry.id() + "@" + nominal.toEpochMilli();
    }

    /** In the form of a UUIDv7: the nominal time, and for random bits those of a hash of the identity. */
    String taskId() {
        ByteBuffer hash = ByteBuffer.wrap(hash());
        return UuidV7.of(nominal, hash.getLong(), hash.getLong());
    }

    /** From 0 to the schedule's jitter, in milliseconds. */
    Duration jitter() {
        long bound = entry.jitter().toMillis() + 1;
        return Duration.ofMillis(Math.floorMod(ByteBuffer.wrap(hash()).getLong(Long.BYTES * 2), bound));
    }

    /** Unsigned; with jitter it asks for a later start, for which nobody waits here. Source of the form: Stem 0.2. */
    Envelope envelope(Instant now) {
        ObjectNode meta = entry.meta().deepCopy();
        if (!entry.kwargs().isEmpty()) {
            meta.set("kwargs", entry.kwargs());
        }
        return new Envelope(
                taskId(),
                entry.taskName(),
                entry.args(),
                Map.of("scheduled-from", "beat", "schedule-id", entry.id()),
                Timestamps.toMicros(now),
                notBefore(now),
                0,
                0,
                0,
                null,
                entry.queue(),
                meta);
    }

    private @Nullable Instant notBefore(Instant now) {
        Instant start = nominal.plus(jitter());
        return start.isAfter(now) ? start : null;
    }

    private byte[] hash() {
        return Digests.sha256(identity().getBytes(StandardCharsets.UTF_8));
    }
}
