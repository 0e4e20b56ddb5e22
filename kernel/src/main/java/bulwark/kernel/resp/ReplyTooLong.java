package bulwark.kernel.resp;

import java.io.IOException;

/** A reply was not read to its end, because it would fill the memory; the connection is of no use afterwards. */
public final class ReplyTooLong extends IOException {
    ReplyTooLong() {
        super(
                "sent a reply that is longer than this process may read; raise BULWARK_HEAP, or look for planted entries");
    }

    /** Whether it is the cause of the failure, at whatever depth. */
    public static boolean caused(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ReplyTooLong) {
                return true;
            }
        }
        return false;
    }
}
