package bulwark.tasks.client;

import bulwark.tasks.handler.TaskOptions;
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
public final class EnqueueRequest implements Cloneable {
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
    private boolean unique;
    private @Nullable Duration uniqueFor;
    private @Nullable String uniqueKey;
    private Map<String, String> headers = Map.of();
    private ObjectNode meta = JsonNodeFactory.instance.objectNode();

    private EnqueueRequest(String name, ObjectNode args) {
        this.name = name;
        this.args = args;
    }

    /** With the defaults everywhere. */
    public static EnqueueRequest named(String name, ObjectNode args) {
        return new EnqueueRequest(name, args);
    }

    private EnqueueRequest changed(Consumer<EnqueueRequest> change) {
        try {
            EnqueueRequest copy = (EnqueueRequest) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    /** The id must be new, or that of a call whose outcome is unknown. */
    public EnqueueRequest withId(String changed) {
        return changed(copy -> copy.id = changed);
    }

    /** The queue, unless a routing rule says otherwise. */
    public EnqueueRequest withQueue(String changed) {
        return changed(copy -> copy.queue = changed);
    }

    /** 0..9, 9 first. */
    public EnqueueRequest withPriority(int changed) {
        return changed(copy -> copy.priority = changed);
    }

    /** Not started before. */
    public EnqueueRequest withNotBefore(Instant changed) {
        return changed(copy -> copy.notBefore = changed);
    }

    /** Not started at or after. */
    public EnqueueRequest withExpires(Instant changed) {
        return changed(copy -> copy.expires = changed);
    }

    /** Runs allowed beyond the first, ≥ 0. */
    public EnqueueRequest withMaxRetries(int changed) {
        return changed(copy -> copy.maxRetries = changed);
    }

    /** The run is interrupted after so long, and counts as failed. */
    public EnqueueRequest withHardTimeLimit(Duration changed) {
        return changed(copy -> copy.hardTimeLimit = changed);
    }

    /** Soft time limit; the run is asked to stop after DURATION. */
    public EnqueueRequest withSoftTimeLimit(Duration changed) {
        return changed(copy -> copy.softTimeLimit = changed);
    }

    /** How long a silent worker keeps the task before another takes it. */
    public EnqueueRequest withVisibilityTimeout(Duration changed) {
        return changed(copy -> copy.visibilityTimeout = changed);
    }

    /** Makes the task unique for the given time, or until it ends. */
    public EnqueueRequest withUniqueFor(Duration changed) {
        return changed(copy -> copy.uniqueFor = changed);
    }

    /** Makes the task unique by this text. */
    public EnqueueRequest withUniqueKey(String changed) {
        return changed(copy -> copy.uniqueKey = changed);
    }

    /** All headers, replacing the former. */
    public EnqueueRequest withHeaders(Map<String, String> changed) {
        return changed(copy -> copy.headers = Map.copyOf(changed));
    }

    /** All meta, replacing the former; copied when the task is sent. */
    public EnqueueRequest withMeta(ObjectNode changed) {
        return changed(copy -> copy.meta = changed);
    }

    /** True when only one such task may wait or run at a time. */
    boolean unique() {
        return unique || uniqueFor != null || uniqueKey != null;
    }

    /** What the request leaves open is as the handler's author wrote it. */
    EnqueueRequest withDefaults(TaskOptions options) {
        return options.equals(TaskOptions.DEFAULT)
                ? this
                : changed(copy -> {
                    copy.unique = unique || options.unique();
                    copy.uniqueFor = uniqueFor == null && options.unique() ? options.uniqueFor() : uniqueFor;
                    if (priority == null && options.priority() != 0) {
                        copy.priority = options.priority();
                    }
                    copy.visibilityTimeout =
                            visibilityTimeout == null ? options.visibilityTimeout() : visibilityTimeout;
                });
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
