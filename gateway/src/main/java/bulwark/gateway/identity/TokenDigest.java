package bulwark.gateway.identity;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.signing.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;

/** SHA-256 of a credential's text: what the caches are keyed by, so that no credential is kept. */
public record TokenDigest(long a, long b, long c, long d) {
    private static final int LENGTH = 32;

    /** Of an event loop: one for all the credentials that it sees. */
    private static final ThreadLocal<Workspace> WORKSPACES = ThreadLocal.withInitial(Workspace::new);

    /** Of a part of a request's head; allocates nothing but the result. */
    public static TokenDigest of(byte[] bytes, int start, int end) {
        Workspace workspace = Thread.currentThread().isVirtual() ? new Workspace() : WORKSPACES.get();
        return workspace.digest(bytes, start, end);
    }

    public static TokenDigest of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return of(bytes, 0, bytes.length);
    }

    /** @param sha256 64 hex digits */
    public static TokenDigest ofHex(String sha256) {
        return new TokenDigest(
                Long.parseUnsignedLong(sha256, 0, 16, 16),
                Long.parseUnsignedLong(sha256, 16, 32, 16),
                Long.parseUnsignedLong(sha256, 32, 48, 16),
                Long.parseUnsignedLong(sha256, 48, 64, 16));
    }

    /** As base64url without padding: the claim {@code ath} of a proof (RFC 9449 §4.2). */
    public String base64Url() {
        return Base64Url.text(ByteBuffer.allocate(LENGTH)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .array());
    }

    private static final class Workspace {
        private final MessageDigest sha256 = Digests.newSha256();
        private final byte[] result = new byte[LENGTH];
        private final ByteBuffer words = ByteBuffer.wrap(result);

        TokenDigest digest(byte[] bytes, int start, int end) {
            sha256.update(bytes, start, end - start);
            try {
                sha256.digest(result, 0, LENGTH);
            } catch (DigestException e) {
                throw new IllegalStateException("SHA-256 has 32 bytes", e);
            }
            return new TokenDigest(words.getLong(0), words.getLong(8), words.getLong(16), words.getLong(24));
        }
    }
}
