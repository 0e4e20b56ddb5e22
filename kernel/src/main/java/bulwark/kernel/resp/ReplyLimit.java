package bulwark.kernel.resp;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How much of one connection's replies may be read. Touched by the thread alone that has the connection. */
public final class ReplyLimit {
    private final long usual;
    private long left;
    private boolean shared;

    /** @param usual bytes of each reply by itself */
    public ReplyLimit(long usual) {
        this.usual = usual;
        this.left = usual;
    }

    /** All replies that the work reads together stay within so many bytes. */
    public <T extends @Nullable Object> T within(long bytes, Supplier<T> work) {
        shared = true;
        left = bytes;
        try {
            return work.get();
        } finally {
            shared = false;
        }
    }

    void replyBegins() {
        if (!shared) {
            left = usual;
        }
    }

    /** @throws ReplyTooLong when that is more than is left */
    void take(long bytes) throws ReplyTooLong {
        left -= bytes;
        if (left < 0) {
            throw new ReplyTooLong();
        }
    }
}
