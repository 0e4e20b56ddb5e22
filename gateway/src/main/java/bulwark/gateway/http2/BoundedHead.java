package bulwark.gateway.http2;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A head of HTTP/1.1 that is written out of a header list, into memory of a fixed size: what does not fit is left out and said. Not thread-safe. */
final class BoundedHead {
    private final byte[] bytes;
    private int length;
    private boolean overflow;

    BoundedHead(int maxBytes) {
        this.bytes = new byte[maxBytes];
    }

    void clear() {
        length = 0;
        overflow = false;
    }

    /** What was written stands in its first {@link #length} bytes. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    /** Whether something was left out. */
    boolean isOverflown() {
        return overflow;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** {@code name: value} and the line end. */
    void field(CharSequence name, CharSequence value) {
        put(name);
        put(": ");
        put(value);
        lineEnd();
    }

    void lineEnd() {
        put("\r\n");
    }

    void put(byte[] ascii) {
        put(ascii, 0, ascii.length);
    }

    /** @param latin1 of characters up to 255 */
    void put(CharSequence latin1) {
        if (latin1 instanceof AsciiString text) {
            put(text.array(), text.arrayOffset(), text.length());
            return;
        }
        put(latin1.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private void put(byte[] source, int from, int count) {
        if (count > bytes.length - length) {
            overflow = true;
            return;
        }
        System.arraycopy(source, from, bytes, length, count);
        length += count;
    }
}
