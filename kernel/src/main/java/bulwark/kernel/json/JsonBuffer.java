package bulwark.kernel.json;

import bulwark.kernel.time.Timestamps;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Compact JSON written straight into UTF-8 bytes, into memory that is used again: for records that are made at each request. The caller sees to commas and braces. Strings are escaped as
 * {@link JsonString} does it, a lone surrogate included. Not thread-safe.
 */
public final class JsonBuffer {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    private static final int MAX_ESCAPE_BYTES = 6;
    private static final int MAX_DIGITS = 20;

    private byte[] bytes;
    private int length;

    /** @param capacity bytes that a usual text needs; it grows when more come */
    public JsonBuffer(int capacity) {
        bytes = new byte[Math.max(64, capacity)];
    }

    /** Forgets what was written, and memory beyond this many bytes. */
    public void clear(int kept) {
        length = 0;
        if (bytes.length > kept) {
            bytes = new byte[kept];
        }
    }

    public int length() {
        return length;
    }

    /** Forgets what was written behind this length. */
    public void truncate(int to) {
        length = Math.min(length, to);
    }

    /** Appends a part of what was written to a buffer that has room for it. @param to exclusive */
    public void copyTo(ByteBuffer into, int from, int to) {
        into.put(bytes, from, to - from);
    }

    /** Gives a part of what was written to a digest. @param to exclusive */
    public void update(MessageDigest digest, int from, int to) {
        digest.update(bytes, from, to - from);
    }

    /** What was written, as an array of its own. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** JSON as it stands, of ASCII alone. */
    public JsonBuffer raw(String ascii) {
        int count = ascii.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            bytes[length + i] = (byte) ascii.charAt(i);
        }
        length += count;
        return this;
    }

    public JsonBuffer raw(byte[] json) {
        reserve(json.length);
        System.arraycopy(json, 0, bytes, length, json.length);
        length += json.length;
        return this;
    }

    /** Sixteen hexadecimal digits, without quotes. */
    public JsonBuffer hex16(long value) {
        reserve(16);
        for (int shift = 60; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[(int) (value >>> shift) & 15];
        }
        return this;
    }

    /** As {@link Timestamps#zuluMillis}, without quotes. */
    public JsonBuffer zuluMillis(long epochMillis) {
        reserve(Timestamps.ZULU_MILLIS_LENGTH);
        length = Timestamps.zuluMillis(epochMillis, bytes, length);
        return this;
    }

    public JsonBuffer number(long value) {
        reserve(MAX_DIGITS);
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                return raw(Long.toString(value));
            }
            bytes[length++] = '-';
            return number(-value);
        }
        int digits = 1;
        for (long rest = value / 10; rest != 0; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** A string in quotes. */
    public JsonBuffer string(String text) {
        return string(text, text.length());
    }

    /** The first characters of a string, in quotes. @param end at most so many characters */
    public JsonBuffer string(String text, int end) {
        int count = Math.min(end, text.length());
        reserve(count + 2);
        bytes[length++] = '"';
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
                reserve(1);
                bytes[length++] = (byte) c;
            } else if (Character.isHighSurrogate(c) && i + 1 < count && Character.isLowSurrogate(text.charAt(i + 1))) {
                utf8(Character.toCodePoint(c, text.charAt(++i)));
            } else if (c < 0x20 || c == '"' || c == '\\' || Character.isSurrogate(c)) {
                escape(c);
            } else {
                utf8(c);
            }
        }
        reserve(1);
        bytes[length++] = '"';
        return this;
    }

    private void escape(char c) {
        reserve(MAX_ESCAPE_BYTES);
        bytes[length++] = '\\';
        int shortForm = "\b\t\n\f\r\"\\".indexOf(c);
        if (shortForm >= 0) {
            bytes[length++] = (byte) "btnfr\"\\".charAt(shortForm);
            return;
        }
        bytes[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            bytes[length++] = HEX[c >> shift & 15];
        }
    }

    private void utf8(int codePoint) {
        reserve(4);
        if (codePoint < 0x80) {
            bytes[length++] = (byte) codePoint;
        } else if (codePoint < 0x800) {
            bytes[length++] = (byte) (0xc0 | codePoint >> 6);
            trail(codePoint, 0);
        } else if (codePoint < 0x10000) {
            bytes[length++] = (byte) (0xe0 | codePoint >> 12);
            trail(codePoint, 6);
        } else {
            bytes[length++] = (byte) (0xf0 | codePoint >> 18);
            trail(codePoint, 12);
        }
    }

    private void trail(int codePoint, int from) {
        for (int shift = from; shift >= 0; shift -= 6) {
            bytes[length++] = (byte) (0x80 | codePoint >> shift & 0x3f);
        }
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
