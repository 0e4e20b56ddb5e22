package bulwark.kernel.access;

import org.jspecify.annotations.Nullable;

/**
 * What the holder of a credential must show besides it, so that a copy is worth nothing: the claim {@code cnf} of a token (RFC 7800). Immutable.
 *
 * @param certificate SHA-256 of the client certificate's DER, 64 lower-case hex digits ({@code x5t#S256}, RFC 8705); null for none
 * @param keyThumbprint RFC 7638 thumbprint of the key that signs proofs, base64url ({@code jkt}, RFC 9449); null for none
 */
public record Confirmation(
        @Nullable String certificate, @Nullable String keyThumbprint) {
    /** Of a bearer credential. */
    public static final Confirmation NONE = new Confirmation(null, null);

    public boolean isBearer() {
        return certificate == null && keyThumbprint == null;
    }
}
