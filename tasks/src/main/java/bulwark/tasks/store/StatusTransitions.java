package bulwark.tasks.store;

import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.FencingToken;
import bulwark.tasks.broker.Publication;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.RunStart;
import bulwark.tasks.envelope.EnvelopeDigest;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Which status may follow which: the one set of rules of the stores that decide in Java. Pure. */
public final class StatusTransitions {
    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    public static final String CHORD_CLAIMED = "stem.chord.claimed";

    private StatusTransitions() {}

    /** With three digits of fraction, as the wire has times. */
    public static String millis(Instant instant) {
        return MILLIS.format(instant);
    }

    /** Null when the status has none, or none that reads as one. */
    public static @Nullable FencingToken fence(TaskStatus status) {
        return token(status.meta().path(TaskStatus.FENCE).asString(""));
    }

    private static @Nullable FencingToken token(@Nullable String text) {
        try {
            return text == null || text.isEmpty() ? null : FencingToken.parse(text);
        } catch (IllegalArgumentException | IndexOutOfBoundsException notAToken) {
            return null;
        }
    }

    /**
     * What decides about the next status.
     *
     * @param fence of the consumer that wrote it, or null
     */
    public record Snapshot(TaskState state, @Nullable FencingToken fence) {
        public static Snapshot of(TaskStatus status) {
            return new Snapshot(status.state(), StatusTransitions.fence(status));
        }

        /** @param fence as in the status's meta, or null */
        public static Snapshot of(String state, @Nullable String fence) {
            return new Snapshot(TaskState.ofWire(state), token(fence));
        }
    }

    public static boolean mayReplace(@Nullable TaskStatus stored, TaskStatus by) {
        return stored == null || mayReplace(Snapshot.of(stored), fence(by));
    }

    /** The rule of {@link ResultBackend#putFenced}. A status without a fence is older than any with one. */
    public static boolean mayReplace(@Nullable Snapshot stored, @Nullable FencingToken by) {
        if (stored == null || stored.fence == null) {
            return true;
        }
        int order = by == null ? 1 : stored.fence.compareTo(by);
        return order < 0 || (order == 0 && !stored.state.terminal());
    }

    public static RunStart.StartDecision verdict(@Nullable TaskStatus stored, Receipt receipt) {
        return verdict(stored == null ? null : Snapshot.of(stored), receipt.entryId());
    }

    /** What to do with a delivery whose receipt is good. */
    public static RunStart.StartDecision verdict(@Nullable Snapshot stored, String entryId) {
        if (stored == null || !stored.state.terminal()) {
            return RunStart.StartDecision.RUN;
        }
        if (stored.fence != null && stored.fence.entryId().equals(entryId)) {
            return RunStart.StartDecision.ALREADY_FINISHED;
        }
        return stored.state == TaskState.SUCCEEDED ? RunStart.StartDecision.REPLAYED : RunStart.StartDecision.RUN;
    }

    /** The rule of {@link ResultBackend#putUnvouched}. */
    public static boolean mayEnd(@Nullable TaskStatus stored, String envelopeDigest) {
        return stored == null
                || ((stored.state() == TaskState.QUEUED || stored.state() == TaskState.RETRIED)
                        && envelopeDigest.equals(
                                stored.meta().path(TaskStatus.ENVELOPE).asString("")));
    }

    /** The new status with the creation time of the one that it replaces. */
    public static TaskStatus replacing(@Nullable TaskStatus stored, TaskStatus by) {
        return stored == null ? by : with(by, by.state(), by.meta(), stored.createdAt(), by.updatedAt());
    }

    /** The first status of a task that was just published. */
    public static TaskStatus queued(Publication published, Instant now) {
        return queued(
                published,
                EnvelopeDigest.of(published.queue(), published.message().envelope()),
                now);
    }

    /** As {@link #queued(Publication, Instant)}, for a caller that has the envelope's JSON and so its digest. */
    public static TaskStatus queued(Publication published, String envelopeDigest, Instant now) {
        var envelope = published.message().envelope();
        ObjectNode meta = envelope.meta().deepCopy();
        meta.put("task", envelope.name());
        meta.put("stem.task", envelope.name());
        meta.put("queue", published.queue());
        meta.put("stem.queue", published.queue());
        meta.put(TaskStatus.ENVELOPE, envelopeDigest);
        return new TaskStatus(
                envelope.id(),
                TaskState.QUEUED,
                null,
                null,
                meta,
                published.message().attempt(),
                now,
                now);
    }

    public static Duration queuedRetention(Publication published, Instant now) {
        return queuedRetention(published, now, ResultBackend.DEFAULT_RETENTION);
    }

    /** Counted from the time at which the task may start. */
    public static Duration queuedRetention(Publication published, Instant now, Duration retention) {
        Instant start = published.notBefore();
        return start == null || start.isBefore(now)
                ? retention
                : Duration.between(now, start).plus(retention);
    }

    /**
     * Re-admits a task whose dead letter goes back into its queue; null when the status may stay as it is.
     *
     * @param prepared what goes back, or null for the bytes of one that is no message
     */
    public static @Nullable TaskStatus readmitted(
            @Nullable TaskStatus stored,
            DeadLetter deadLetter,
            DeadLetter.Replay request,
            @Nullable Message prepared,
            Instant now) {
        String digest = prepared == null
                ? EnvelopeDigest.ofRaw(deadLetter.queue(), deadLetter.fields())
                : EnvelopeDigest.of(deadLetter.queue(), prepared.envelope());
        return readmitted(stored, deadLetter, request, digest, now);
    }

    /** As {@link #readmitted(TaskStatus, DeadLetter, DeadLetter.Replay, Message, Instant)}, for a caller that was given the digest of what goes back. */
    public static @Nullable TaskStatus readmitted(
            @Nullable TaskStatus stored,
            DeadLetter deadLetter,
            DeadLetter.Replay request,
            String envelopeDigest,
            Instant now) {
        if (stored == null || (stored.state() != TaskState.SUCCEEDED && stored.state() != TaskState.FAILED)) {
            return null;
        }
        ObjectNode meta = stored.meta().deepCopy();
        meta.put("lastReplayAt", millis(now));
        meta.put("replayCount", meta.path("replayCount").asInt(0) + 1);
        meta.put("lastReplayReason", deadLetter.reason());
        meta.put("lastReplayDelayMs", request.delay().toMillis());
        meta.put(TaskStatus.ENVELOPE, envelopeDigest);
        return with(stored, TaskState.QUEUED, meta, stored.createdAt(), now);
    }

    /** The group with the mark of who fired its callback. */
    public static ResultBackend.Group claimed(ResultBackend.Group group, String callbackTaskId, Instant now) {
        ObjectNode meta = group.meta().deepCopy();
        meta.put(CHORD_CLAIMED, true);
        meta.put("stem.chord.callbackTaskId", callbackTaskId);
        meta.put("stem.chord.dispatchedAt", millis(now));
        return new ResultBackend.Group(group.id(), group.expected(), meta);
    }

    private static TaskStatus with(
            TaskStatus status, TaskState state, ObjectNode meta, Instant createdAt, Instant updatedAt) {
        return new TaskStatus(
                status.id(), state, status.payload(), status.error(), meta, status.attempt(), createdAt, updatedAt);
    }
}
