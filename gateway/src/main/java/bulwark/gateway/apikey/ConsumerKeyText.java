package bulwark.gateway.apikey;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The text of a key: a prefix that secret scanners find, and 32 lower-case hex digits, 128 random bits. */
final class ConsumerKeyText {
    /** What may be shown of a key to tell it from others. */
    static final int PREFIX_LENGTH = 12;

    static final int LENGTH = 40;

    private static final Pattern SHAPE = Pattern.compile("stoa_sk_[0-9a-f]{32}");
    private static final int RANDOM_BYTES = 16;

    private ConsumerKeyText() {}

    static SecretBytes fresh(Signing randomness) {
        byte[] random = randomness.random32().expose(SecretAccess.grant());
        String text = "stoa_sk_" + HexFormat.of().formatHex(random, 0, RANDOM_BYTES);
        Arrays.fill(random, (byte) 0);
        return SecretBytes.ofText(text);
    }

    static boolean isPossible(String text) {
        return text.length() == LENGTH && SHAPE.matcher(text).matches();
    }
}
