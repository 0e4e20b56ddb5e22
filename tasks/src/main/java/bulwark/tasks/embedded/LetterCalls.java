package bulwark.tasks.embedded;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is asked of the holder of the store about dead letters. For {@code once} see {@link QueueCalls}. */
interface LetterCalls {
    /** Newest first. */
    List<Row.Letter> newest(String queue, int offset, int limit, @Nullable Long sinceMicros);

    Optional<Row.Letter> ofTask(String queue, String taskId);

    /** Messages only, oldest first. */
    List<Row.Letter> replayable(String queue, int limit, @Nullable Long sinceMicros, @Nullable String taskId);

    /** @return for each whether its letter was still there */
    List<Boolean> replay(List<Row.Readmission> readmissions, String once);

    int purge(String queue, @Nullable Integer limit, @Nullable Long sinceMicros);
}
