package bulwark.kernel.storage;

import org.jspecify.annotations.Nullable;

/** The write may or may not have happened (sync failed) or could not (disk full): safe to repeat, wire code {@code store_failed}. */
public final class StoreFailed extends RuntimeException {
    public StoreFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
