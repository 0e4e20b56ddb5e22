package bulwark.tasks.redis;

import bulwark.tasks.broker.FencingToken;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.results.TaskStatusJson;
import bulwark.tasks.store.StatusTransitions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statuses as the scripts take them. */
final class StatusArguments {
    enum Mode {
        PUT("put"),
        ABSENT("absent"),
        FENCED("fenced"),
        UNVOUCHED("unvouched");

        private final String word;

        Mode(String word) {
            this.word = word;
        }
    }

    private StatusArguments() {}

    static void none(List<Object> arguments) {
        arguments.add("none");
    }

    static void add(List<Object> arguments, Mode mode, TaskStatus status, Duration retention) {
        arguments.add(mode.word);
        add(arguments, status, retention);
    }

    /** The digest stands where others have their fence, which these statuses never have. */
    static void addUnvouched(List<Object> arguments, TaskStatus status, String envelopeDigest, Duration retention) {
        add(arguments, Mode.UNVOUCHED, status, retention);
        arguments.set(arguments.size() - 2, envelopeDigest);
    }

    static void add(List<Object> arguments, TaskStatus status, Duration retention) {
        TaskStatusJson.JsonFragments parts = TaskStatusJson.parts(status);
        FencingToken fence = StatusTransitions.fence(status);
        arguments.add(status.id());
        arguments.add(parts.head());
        arguments.add(parts.createdAt());
        arguments.add(parts.tail());
        arguments.add(fence == null ? "" : fence.toString());
        arguments.add(millis(retention));
    }

    /** Redis takes no expiry below a millisecond. */
    static long millis(@Nullable Duration retention) {
        return Math.max(1, (retention == null ? ResultBackend.DEFAULT_RETENTION : retention).toMillis());
    }
}
