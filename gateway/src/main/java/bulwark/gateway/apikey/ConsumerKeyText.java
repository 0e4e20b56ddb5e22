package bulwark.gateway.apikey;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The text of a key: a prefix that secret scanners find, and 32 lower-case hex digits, 128 random bits. Stateless. */
public final class ConsumerKeyText {
    /** What may be shown of a key to tell it from others. */
    public static final int PREFIX_LENGTH = 12;

    /** What the key of a subscription begins with. */
    public static final String SUBSCRIPTION = "stoa_sk_";

    static final int LENGTH = 40;

    private static final Pattern SHAPE = Pattern.compile(SUBSCRIPTION + "[0-9a-f]{32}");
    private static final int RANDOM_BYTES = 16;

    private ConsumerKeyText() {}

    static SecretBytes fresh(Signing randomness) {
        return fresh(randomness, SUBSCRIPTION);
    }

    /** @param kind what the key begins with, so that scanners find it and people know whose it is */
    public static SecretBytes fresh(Signing randomness, String kind) {
        byte[] random = randomness.random32().expose(SecretAccess.grant());
        String text = kind + HexFormat.of().formatHex(random, 0, RANDOM_BYTES);
        Arrays.fill(random, (byte) 0);
        return SecretBytes.ofText(text);
    }

    static boolean isPossible(String text) {
        return text.length() == LENGTH && SHAPE.matcher(text).matches();
    }
}
