package bulwark.tasks.embedded;

import org.jspecify.annotations.Nullable;

/** The holder of the store did not answer; somebody else may hold it by now. */
final class Unreachable extends Exception {
    Unreachable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
