package bulwark.tasks.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A task to be sent. Start from {@link #named}, which sends it at once, to where the routing says, without retries, and change what differs: each
 * {@code with} gives a changed copy. Immutable.
 */
public final class TaskCall implements Cloneable {
    private final String name;
    private final ObjectNode args;
    private @Nullable String id;
    private @Nullable String queue;
    private @Nullable Integer priority;
    private @Nullable Instant notBefore;
    private @Nullable Instant expires;
    private @Nullable Integer maxRetries;
    private @Nullable Duration hardTimeLimit;
    private @Nullable Duration softTimeLimit;
    private @Nullable Duration visibilityTimeout;
    private @Nullable Duration uniqueFor;
    private @Nullable String uniqueKey;
    private Map<String, String> headers = Map.of();
    private ObjectNode meta = JsonNodeFactory.instance.objectNode();

    private TaskCall(String name, ObjectNode args) {
        this.name = name;
        this.args = args;
    }

    /** With the defaults everywhere. */
    public static TaskCall named(String name, ObjectNode args) {
        return new TaskCall(name, args);
    }

    private TaskCall changed(Consumer<TaskCall> change) {
        try {
            TaskCall copy = (TaskCall) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    /** The id must be new, or that of a call whose outcome is unknown. */
    public TaskCall withId(String changed) {
        return changed(copy -> copy.id = changed);
    }

    /** The queue, unless a routing rule says otherwise. */
    public TaskCall withQueue(String changed) {
        return changed(copy -> copy.queue = changed);
    }

    /** 0..9, 9 first. */
    public TaskCall withPriority(int changed) {
        return changed(copy -> copy.priority = changed);
    }

    /** Not started before. */
    public TaskCall withNotBefore(Instant changed) {
        return changed(copy -> copy.notBefore = changed);
    }

    /** Not started at or after. */
    public TaskCall withExpires(Instant changed) {
        return changed(copy -> copy.expires = changed);
    }

    /** Runs allowed beyond the first, ≥ 0. */
    public TaskCall withMaxRetries(int changed) {
        return changed(copy -> copy.maxRetries = changed);
    }

    /** The run is interrupted after so long, and counts as failed. */
    public TaskCall withHardTimeLimit(Duration changed) {
        return changed(copy -> copy.hardTimeLimit = changed);
    }

    /** Soft time limit; the run is asked to stop after DURATION. */
    public TaskCall withSoftTimeLimit(Duration changed) {
        return changed(copy -> copy.softTimeLimit = changed);
    }

    /** How long a silent worker keeps the task before another takes it. */
    public TaskCall withVisibilityTimeout(Duration changed) {
        return changed(copy -> copy.visibilityTimeout = changed);
    }

    /** Makes the task unique for so long, or until it ends. */
    public TaskCall withUniqueFor(Duration changed) {
        return changed(copy -> copy.uniqueFor = changed);
    }

    /** Makes the task unique by this text. */
    public TaskCall withUniqueKey(String changed) {
        return changed(copy -> copy.uniqueKey = changed);
    }

    /** All headers, replacing the former. */
    public TaskCall withHeaders(Map<String, String> changed) {
        return changed(copy -> copy.headers = Map.copyOf(changed));
    }

    /** All meta, replacing the former; copied when the task is sent. */
    public TaskCall withMeta(ObjectNode changed) {
        return changed(copy -> copy.meta = changed);
    }

    /** True when only one such task may wait or run at a time. */
    boolean unique() {
        return uniqueFor != null || uniqueKey != null;
    }

    String name() {
        return name;
    }

    ObjectNode args() {
        return args;
    }

    @Nullable
    String id() {
        return id;
    }

    @Nullable
    String queue() {
        return queue;
    }

    @Nullable
    Integer priority() {
        return priority;
    }

    @Nullable
    Instant notBefore() {
        return notBefore;
    }

    @Nullable
    Instant expires() {
        return expires;
    }

    @Nullable
    Integer maxRetries() {
        return maxRetries;
    }

    @Nullable
    Duration hardTimeLimit() {
        return hardTimeLimit;
    }

    @Nullable
    Duration softTimeLimit() {
        return softTimeLimit;
    }

    @Nullable
    Duration visibilityTimeout() {
        return visibilityTimeout;
    }

    @Nullable
    Duration uniqueFor() {
        return uniqueFor;
    }

    @Nullable
    String uniqueKey() {
        return uniqueKey;
    }

    Map<String, String> headers() {
        return headers;
    }

    ObjectNode meta() {
        return meta;
    }
}
