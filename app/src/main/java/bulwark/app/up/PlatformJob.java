package bulwark.app.up;

import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Regular work for a part. The part that runs tasks carries it out: whichever part that is, it knows no other.
 *
 * @param name for instance {@code platform.audit-export}
 * @param description one line
 * @param schedule five cron fields, or {@code every:6h}
 */
public record PlatformJob(String name, String description, String schedule, Work work) {
    /** Called by many threads at once. */
    @FunctionalInterface
    public interface Work {
        /**
         * @return what is kept as the result: null, a string, number or boolean, a list or map of such
         * @throws Exception a failure: the job is tried again, at most three times
         */
        @Nullable
        Object run(Run run) throws Exception;
    }

    /**
     * What one run may see.
     *
     * @param checkpoint throws when the run shall end; to be called between steps
     */
    public record Run(StateFolder state, Clock clock, Runnable checkpoint) {}
}
