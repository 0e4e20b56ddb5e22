package bulwark.gateway.snapshot;

import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot whose signature holds; see {@link SnapshotEnvelope} for its form. Immutable.
 *
 * @param digest SHA-256 of the statement, hex: the same for the same content
 * @param text what a change can be made to; null where the statement has a form that no control plane of ours writes
 */
public record SignedSnapshot(
        GatewaySnapshot snapshot, String digest, @Nullable SnapshotText text) {
    /** The document. */
    public static byte[] sign(GatewaySnapshot snapshot, Ed25519Signer signer) {
        return sign(text(snapshot), signer);
    }

    /** As above. */
    public static byte[] sign(SnapshotText text, Ed25519Signer signer) {
        return SnapshotEnvelope.WHOLE.sign(text.statement(), signer);
    }

    /** The document of what changed. @param base which the gateway carries out */
    public static byte[] signDelta(SnapshotText base, SnapshotText next, Ed25519Signer signer) {
        return SnapshotEnvelope.DELTA.sign(SnapshotDelta.statement(base, next), signer);
    }

    private static SnapshotText text(GatewaySnapshot snapshot) {
        return SnapshotText.of(snapshot, SnapshotTextCache.empty());
    }

    public static String digest(GatewaySnapshot snapshot) {
        return text(snapshot).digest();
    }

    /** What it is called by those that carry it out. */
    public long generation() {
        return snapshot.generation();
    }

    /** Whether both are the same snapshot, word for word. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SignedSnapshot that && digest.equals(that.digest) && snapshot.equals(that.snapshot);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    /**
     * Of one snapshot alone; see {@link SnapshotReader}.
     *
     * @param pinned public keys that may sign, base64url
     * @throws RoutesRefused when no such key signed it, or a member is faulty
     */
    public static SignedSnapshot verify(byte[] document, List<String> pinned, Signing signing) {
        return new SnapshotReader(pinned, signing).read(document, null);
    }
}
