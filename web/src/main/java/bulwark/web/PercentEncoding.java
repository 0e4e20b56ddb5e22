package bulwark.web;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-decoding as RFC 3986 has it, without mercy: two hex digits after each percent sign, and the result is UTF-8 without NUL. */
final class PercentEncoding {
    private PercentEncoding() {}

    /** @throws Malformed with a sentence for the caller */
    static String decode(String encoded, int from, int to, boolean plusIsSpace) {
        for (int i = from; i < to; i++) {
            char c = encoded.charAt(i);
            if (c == '%' || (plusIsSpace && c == '+')) {
                return decodeFrom(encoded, from, to, plusIsSpace);
            }
        }
        return encoded.substring(from, to);
    }

    private static String decodeFrom(String encoded, int from, int to, boolean plusIsSpace) {
        byte[] bytes = new byte[to - from];
        int length = 0;
        for (int i = from; i < to; i++) {
            char c = encoded.charAt(i);
            if (c == '%') {
                if (i + 2 >= to) {
                    throw new Malformed("a percent sign needs two hex digits");
                }
                int value = (hex(encoded.charAt(i + 1)) << 4) | hex(encoded.charAt(i + 2));
                if (value == 0) {
                    throw new Malformed("a NUL byte is not allowed");
                }
                bytes[length++] = (byte) value;
                i += 2;
            } else {
                bytes[length++] = (byte) (plusIsSpace && c == '+' ? ' ' : c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("percent-encoded text must be UTF-8");
        }
    }

    private static int hex(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        if (c >= 'A' && c <= 'F') {
            return c - 'A' + 10;
        }
        throw new Malformed("a percent sign needs two hex digits");
    }

    /** The message names the fault; without a stack trace, because untrusted callers can cause it at will. */
    static final class Malformed extends RuntimeException {
        Malformed(String sentence) {
            super(sentence, null, false, false);
        }
    }
}
