package bulwark.kernel.signing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;
import java.util.HexFormat;

/** SHA-256 in the forms that the parts use. Thread-safe. */
public final class Digests {
    private static final ThreadLocal<MessageDigest> SHA256 = ThreadLocal.withInitial(Digests::newSha256);

    private Digests() {}

    public static byte[] sha256(byte[] bytes) {
        // A virtual thread lives for one request: caching a digest in it would cost more than it saves.
        return Thread.currentThread().isVirtual()
                ? newSha256().digest(bytes)
                : SHA256.get().digest(bytes);
    }

    public static String sha256Hex(byte[] bytes) {
        return HexFormat.of().formatHex(sha256(bytes));
    }

    public static String sha256Hex(String utf8) {
        return sha256Hex(utf8.getBytes(StandardCharsets.UTF_8));
    }

    /** For what comes in pieces. */
    public static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256", "SUN");
        } catch (NoSuchAlgorithmException | NoSuchProviderException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
