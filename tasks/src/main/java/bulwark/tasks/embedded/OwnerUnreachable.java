package bulwark.tasks.embedded;

import org.jspecify.annotations.Nullable;

/** The store's owner did not answer; somebody else may hold it by now. */
final class OwnerUnreachable extends Exception {
    OwnerUnreachable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
