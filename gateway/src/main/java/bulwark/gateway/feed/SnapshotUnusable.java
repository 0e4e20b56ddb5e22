package bulwark.gateway.feed;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import java.util.List;

/** A kept snapshot that a gateway must not start with. */
final class SnapshotUnusable extends OperatorError {
    private static final long serialVersionUID = 1;

    SnapshotUnusable(List<String> sentences) {
        super(ExitCode.FAILED, sentences, null);
    }
}
