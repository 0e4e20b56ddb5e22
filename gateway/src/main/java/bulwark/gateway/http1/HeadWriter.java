package bulwark.gateway.http1;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Collects a head in one array, which then goes to the wire in one copy. One for each event loop; not thread-safe. */
public final class HeadWriter {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int INITIAL_BYTES = 4_096;
    private static final int MAX_DIGITS = 19;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int length;

    public void clear() {
        length = 0;
    }

    public int length() {
        return length;
    }

    public HeadWriter put(byte[] source) {
        return put(source, 0, source.length);
    }

    /** @param end exclusive */
    public HeadWriter put(byte[] source, int start, int end) {
        int count = end - start;
        reserve(count);
        System.arraycopy(source, start, bytes, length, count);
        length += count;
        return this;
    }

    public HeadWriter put(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Characters of ISO 8859-1, and a question mark for each other one; a line end or NUL in the text is written as a blank, so that no text ends a line. */
    public HeadWriter text(String text) {
        reserve(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0xff) {
                c = '?';
            }
            bytes[length++] = c == '\r' || c == '\n' || c == 0 ? (byte) ' ' : (byte) c;
        }
        return this;
    }

    /** {@code name: value} and the line end. */
    public HeadWriter field(String name, String value) {
        return text(name).put(':').put(' ').text(value).lineEnd();
    }

    public HeadWriter lineEnd() {
        reserve(2);
        bytes[length++] = '\r';
        bytes[length++] = '\n';
        return this;
    }

    /** @param number not negative */
    public HeadWriter decimal(long number) {
        reserve(MAX_DIGITS);
        if (number < 10) {
            bytes[length++] = (byte) ('0' + number);
            return this;
        }
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        int at = length + digits;
        for (long rest = number; at > length; rest /= 10) {
            bytes[--at] = (byte) ('0' + rest % 10);
        }
        length += digits;
        return this;
    }

    /** Sixteen hexadecimal digits. */
    public HeadWriter hex16(long number) {
        reserve(16);
        for (int shift = 60; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(int) (number >>> shift) & 15];
        }
        return this;
    }

    /** Hexadecimal without leading zeros. @param number positive */
    public HeadWriter hex(int number) {
        int shift = Math.max(0, 28 - Integer.numberOfLeadingZeros(number) / 4 * 4);
        reserve(8);
        for (; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[number >>> shift & 15];
        }
        return this;
    }

    /** A copy of what was written. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    public void writeTo(ByteBuf out) {
        out.writeBytes(bytes, 0, length);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private void reserve(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
