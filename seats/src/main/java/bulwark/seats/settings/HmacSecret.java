package bulwark.seats.settings;

import bulwark.kernel.keys.CompromisedSecrets;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Digests;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/** A key of 256 bits as the settings hold it: 64 hexadecimal characters. */
public final class HmacSecret {
    private static final Pattern FORM = Pattern.compile("[0-9a-fA-F]{64}");
    /** A random key of 32 bytes has fewer than 20 different ones once in more than 10^15 keys. */
    private static final int MIN_DIFFERENT_BYTES = 20;

    private HmacSecret() {}

    /** What is wrong with it, to stand after the name of the setting; never with the value. */
    public static Optional<String> problem(SecretBytes secret) {
        String text = secret.exposeText(SecretAccess.grant());
        if (CompromisedSecrets.contains(secret)) {
            return Optional.of(
                    "was published and protects nothing (COMPROMISED_SECRET): run seat-manager secrets rotate");
        }
        if (!FORM.matcher(text).matches()) {
            return Optional.of("must be 64 hexadecimal characters (256 bits), not " + text.length()
                    + " characters: seat-manager secrets generate makes one");
        }
        if (differentBytes(HexFormat.of().parseHex(text)) < MIN_DIFFERENT_BYTES) {
            return Optional.of("is not random: seat-manager secrets generate makes one that is");
        }
        return Optional.empty();
    }

    /** The 32 bytes of a secret without a {@link #problem}. */
    public static SecretBytes key(SecretBytes secret) {
        return SecretBytes.of(HexFormat.of().parseHex(secret.exposeText(SecretAccess.grant())));
    }

    /** Tells two secrets apart without showing either: the first eight hexadecimal digits of SHA-256. */
    public static String fingerprint(SecretBytes secret) {
        return Digests.sha256Hex(secret.expose(SecretAccess.grant())).substring(0, 8);
    }

    private static long differentBytes(byte[] bytes) {
        boolean[] seen = new boolean[256];
        int count = 0;
        for (byte each : bytes) {
            if (!seen[each & 0xff]) {
                seen[each & 0xff] = true;
                count++;
            }
        }
        return count;
    }
}
