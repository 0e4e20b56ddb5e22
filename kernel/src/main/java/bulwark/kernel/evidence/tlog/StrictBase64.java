package bulwark.kernel.evidence.tlog;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Standard base64 with padding (RFC 4648 §4), of which each value has one text only. Thread-safe. */
public final class StrictBase64 {
    private StrictBase64() {}

    public static String text(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Null when it is not the one text of some bytes. */
    public static byte @Nullable [] bytes(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text.getBytes(StandardCharsets.ISO_8859_1));
            return text(bytes).equals(text) ? bytes : null;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    /** Null unless it is the text of a tree's hash. */
    static byte @Nullable [] hash(String text) {
        byte[] bytes = bytes(text);
        return bytes != null && bytes.length == TreeHash.BYTES ? bytes : null;
    }
}
