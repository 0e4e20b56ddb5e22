package bulwark.kernel.json;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The one text form of keys and signatures on this wire: base64url, written without padding, read with or without. */
public final class Base64Url {
    private Base64Url() {}

    public static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Empty when it is not base64url. */
    public static Optional<byte[]> bytes(String text) {
        try {
            return Optional.of(Base64.getUrlDecoder().decode(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Empty unless it decodes to exactly so many bytes and is the canonical text of them (padding aside). */
    public static Optional<byte[]> exactly(int length, String text) {
        String unpadded = text.endsWith("=") ? text.replaceAll("=+$", "") : text;
        return bytes(text).filter(bytes -> bytes.length == length && text(bytes).equals(unpadded));
    }
}
