package bulwark.tasks.results;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps statuses, groups and heartbeats for a while (a day unless configured otherwise). Thread-safe; blocks; throws
 * {@link bulwark.tasks.broker.BrokerUnavailable} when the store cannot be reached.
 */
public interface ResultBackend {
    Duration DEFAULT_RETENTION = Duration.ofDays(1);

    Optional<TaskStatus> get(String taskId);

    /** Replaces state, payload and error; {@code createdAt} stays. */
    void put(TaskStatus status, @Nullable Duration retention);

    /** @return false when there was one already, and nothing was written */
    boolean putIfAbsent(TaskStatus status, @Nullable Duration retention);

    /**
     * Writes unless a status with a greater fence, or with the same fence in a terminal state, is stored.
     *
     * @return false when it was not written
     */
    boolean putFenced(TaskStatus status);

    /**
     * Writes the end of a task whose dead letter no signature vouches for: only where there is no status, or one of a task that waits as this very envelope, with this digest
     * as {@link TaskStatus#ENVELOPE} in its meta. Who forges an entry with the id of a real task does not end it.
     *
     * @param status without a fence
     * @return false when it was not written
     */
    boolean putUnvouched(TaskStatus status, String envelopeDigest);

    void expire(String taskId, Duration retention);

    /**
     * The next status whose {@code updatedAt} or state differs from the given one; from any process.
     *
     * @param seen null for "any"
     * @param wait at most 5 s; the last known status, or empty, when nothing changed
     */
    Optional<TaskStatus> awaitChange(String taskId, @Nullable TaskStatus seen, Duration wait)
            throws InterruptedException;

    /** Newest first. */
    List<TaskStatus> list(Predicate<TaskStatus> filter, int offset, int limit);

    /** Starts or restarts a group: old results and claim are dropped. */
    void initGroup(Group group, @Nullable Duration retention);

    /** @return the group with its results, or empty when there is no such group */
    Optional<GroupStatus> addGroupResult(String groupId, TaskStatus status);

    Optional<GroupStatus> group(String groupId);

    /** True for exactly one caller of a group; remembers the callback's id and the time in the group's meta. */
    boolean claimChord(String groupId, String callbackTaskId);

    void putHeartbeat(String workerId, ObjectNode heartbeat, Duration retention);

    Optional<ObjectNode> heartbeat(String workerId);

    List<ObjectNode> heartbeats();

    record Group(String id, int expected, ObjectNode meta) {}

    record GroupStatus(Group group, java.util.Map<String, TaskStatus> results) {
        public boolean complete() {
            return results.size() >= group.expected();
        }
    }
}
