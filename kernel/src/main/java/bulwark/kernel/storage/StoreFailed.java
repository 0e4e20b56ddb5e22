package bulwark.kernel.storage;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The write may or may not have happened (sync failed) or could not (disk full): safe to repeat, wire code {@code store_failed}. */
public final class StoreFailed extends OperatorError {
    public StoreFailed(String message, @Nullable Throwable cause) {
        super(ExitCode.FAILED, List.of(message), cause);
    }
}
