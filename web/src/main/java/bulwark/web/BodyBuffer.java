package bulwark.web;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;

/** Gathers the chunks of one body up to a limit; memory grows with what has come, not with what was announced. */
final class BodyBuffer {
    private static final byte[] NOTHING = {};

    private final int limit;
    private byte[] bytes = NOTHING;
    private int length;

    BodyBuffer(int limit) {
        this.limit = limit;
    }

    /** False, and nothing taken, when the limit would be passed. */
    boolean add(Buffer chunk) {
        int more = chunk.length();
        if (more > limit - length) {
            return false;
        }
        if (length == 0) {
            bytes = chunk.getBytes();
        } else {
            if (bytes.length - length < more) {
                bytes = Arrays.copyOf(bytes, Math.max(length + more, Math.min(limit, 2 * length)));
            }
            chunk.getBytes(bytes, length);
        }
        length += more;
        return true;
    }

    int length() {
        return length;
    }

    byte[] toBytes() {
        return bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
    }
}
