package bulwark.seats.contract;

import java.math.BigInteger;
import java.util.HexFormat;

/** Bytes as Ethereum writes them: {@code 0x} and lower-case digits, two for each byte. */
public final class HexText {
    private static final HexFormat HEX = HexFormat.of();

    private HexText() {}

    public static String of(byte[] bytes) {
        return "0x" + HEX.formatHex(bytes);
    }

    /** @throws IllegalArgumentException when the text has another form; either case of digits is taken */
    public static byte[] bytes(String text) {
        if (!text.startsWith("0x")) {
            throw new IllegalArgumentException("hexadecimal text begins with 0x");
        }
        return HEX.parseHex(text, 2, text.length());
    }

    /** 32 bytes, big-endian. @throws IllegalArgumentException when the number is negative or too great */
    public static byte[] word(BigInteger number) {
        if (number.signum() < 0 || number.bitLength() > 256) {
            throw new IllegalArgumentException("a word holds 0 to 2^256 - 1");
        }
        byte[] bytes = number.toByteArray();
        int from = bytes.length > 32 ? 1 : 0;
        byte[] word = new byte[32];
        System.arraycopy(bytes, from, word, 32 - bytes.length + from, bytes.length - from);
        return word;
    }
}
