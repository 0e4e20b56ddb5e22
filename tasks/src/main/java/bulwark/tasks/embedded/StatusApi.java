package bulwark.tasks.embedded;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is asked of the store's owner about statuses, groups and heartbeats. For {@code once} see {@link QueueApi}. */
interface StatusApi {
    enum When {
        ALWAYS,
        ABSENT,
        FENCED
    }

    Optional<StoreRpc.StoredStatus> get(String taskId);

    /** @return whether it was written */
    boolean put(StoreRpc.Status status, When when);

    /** @return whether it was written */
    boolean putUnvouched(StoreRpc.Status status, String envelopeDigest);

    void expire(String taskId, long retention);

    /** The status when it differs from what was seen, or when the time is over; empty when there is none. */
    Optional<StoreRpc.StoredStatus> await(String taskId, @Nullable String seenState, long seenMicros, long wait)
            throws InterruptedException;

    /** Newest first. */
    List<String> ids(int offset, int limit);

    /** In the order of the ids; absent ones are left out. */
    List<StoreRpc.StoredStatus> all(List<String> ids);

    void initGroup(StoreRpc.Group group, long retention);

    Optional<StoreRpc.Group> addGroupResult(String groupId, StoreRpc.Status status);

    Optional<StoreRpc.Group> group(String groupId);

    boolean claimChord(String groupId, String callbackTaskId, String once);

    void putHeartbeat(String workerId, String body, long retention);

    Optional<String> heartbeat(String workerId);

    List<String> heartbeats();
}
