package bulwark.tasks.broker;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** Bytes of an entry as text, and back without a loss: what is no UTF-8 becomes Base64 behind a mark that no text begins with by chance. */
public final class FieldText {
    private static final String MARK = "\u0000base64:";

    private FieldText() {}

    public static String of(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        // Only what was replaced while it was decoded can be a loss.
        return text.indexOf('\uFFFD') >= 0 && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)
                ? MARK + Base64.getEncoder().encodeToString(bytes)
                : text;
    }

    public static byte[] bytes(String text) {
        if (isBinary(text)) {
            try {
                return Base64.getDecoder().decode(text.substring(MARK.length()));
            } catch (IllegalArgumentException cutOrMadeUp) {
                return text.getBytes(StandardCharsets.UTF_8);
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static boolean isBinary(String text) {
        return text.startsWith(MARK);
    }

    /** For people and programs: the text, or Base64. */
    public static String shown(String text) {
        return isBinary(text) ? text.substring(MARK.length()) : text;
    }
}
