package bulwark.kernel.keys;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Values that were ever published (example secrets of the documents, development keys), known by SHA-256 digest only. Also takes
 * for published what anybody would try: 16 and more bytes that are all the same. Thread-safe.
 */
public final class CompromisedSecrets {
    private static final int MIN_REPETITION = 16;
    private static final Set<String> DIGESTS = read();

    private CompromisedSecrets() {}

    /** Sees through white space around it, letter case, a {@code 0x} prefix, hexadecimal and both alphabets of base64. */
    public static boolean contains(SecretBytes secret) {
        byte[] bytes = secret.expose(SecretAccess.grant());
        return isKnown(bytes) || isKnownText(new String(bytes, StandardCharsets.UTF_8).strip());
    }

    private static boolean isKnownText(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        String bare = lower.startsWith("0x") ? lower.substring(2) : lower;
        return isKnown(utf8(text))
                || isKnown(utf8(lower))
                || isKnown(utf8(bare))
                || isKnownHex(bare)
                || isKnownBase64(text);
    }

    private static boolean isKnownHex(String text) {
        try {
            return isKnown(HexFormat.of().parseHex(text));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isKnownBase64(String text) {
        try {
            return isKnown(Base64.getUrlDecoder().decode(text.replace('+', '-').replace('/', '_')));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isKnown(byte[] bytes) {
        return isRepetition(bytes) || DIGESTS.contains(Digests.sha256Hex(bytes));
    }

    private static boolean isRepetition(byte[] bytes) {
        for (byte b : bytes) {
            if (b != bytes[0]) {
                return false;
            }
        }
        return bytes.length >= MIN_REPETITION;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Set<String> read() {
        try (InputStream list = CompromisedSecrets.class.getResourceAsStream("published-secrets.txt")) {
            String text = new String(
                    Objects.requireNonNull(list, "published-secrets.txt is missing")
                            .readAllBytes(),
                    StandardCharsets.UTF_8);
            return text.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.substring(0, 64))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
