package bulwark.tasks.embedded;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is asked of the store's owner about dead letters. For {@code once} see {@link QueueApi}. */
interface DeadLetterApi {
    /** Newest first. */
    List<StoreRpc.StoredDeadLetter> newest(String queue, int offset, int limit, @Nullable Long sinceMicros);

    /** The newest of the task; with {@code id} the one of that row. */
    Optional<StoreRpc.StoredDeadLetter> one(String queue, @Nullable String taskId, @Nullable Long id);

    /** Oldest first: those of the task, or the one of that row, or without either all that are messages. */
    List<StoreRpc.StoredDeadLetter> replayable(
            String queue, int limit, @Nullable Long sinceMicros, @Nullable String taskId, @Nullable Long id);

    /** @return for each whether its dead letter was still there */
    List<Boolean> replay(List<StoreRpc.Replay> replays, String once);

    int purge(String queue, @Nullable Integer limit, @Nullable Long sinceMicros);
}
