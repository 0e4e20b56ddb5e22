package bulwark.devnet;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;

/** Recursive length prefixes (yellow paper, appendix B). Used by one thread. */
final class RlpWriter {
    private static final int SHORT = 55;
    private static final int TEXT = 0x80;
    private static final int LIST = 0xc0;

    private final ByteArrayOutputStream payload = new ByteArrayOutputStream();

    RlpWriter text(byte[] bytes) {
        if (bytes.length == 1 && bytes[0] >= 0) {
            payload.write(bytes[0]);
        } else {
            payload.writeBytes(head(TEXT, bytes.length));
            payload.writeBytes(bytes);
        }
        return this;
    }

    /** Without zeros in front. */
    RlpWriter number(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return text(bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    RlpWriter number(long number) {
        return number(BigInteger.valueOf(number));
    }

    RlpWriter emptyList() {
        payload.write(LIST);
        return this;
    }

    /** All of it as one list. */
    byte[] list() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head(LIST, payload.size()));
        out.writeBytes(payload.toByteArray());
        return out.toByteArray();
    }

    private static byte[] head(int base, int length) {
        if (length <= SHORT) {
            return new byte[] {(byte) (base + length)};
        }
        byte[] size = BigInteger.valueOf(length).toByteArray();
        int from = size[0] == 0 ? 1 : 0;
        byte[] head = new byte[1 + size.length - from];
        head[0] = (byte) (base + SHORT + size.length - from);
        System.arraycopy(size, from, head, 1, size.length - from);
        return head;
    }
}
