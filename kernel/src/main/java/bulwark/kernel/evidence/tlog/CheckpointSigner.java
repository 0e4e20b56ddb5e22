package bulwark.kernel.evidence.tlog;

import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.MlDsa44;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** Signs the checkpoints of one log with two keys: a line of Ed25519, which everybody verifies, and one of ML-DSA-44. Thread-safe. */
public final class CheckpointSigner {
    private final String origin;
    private final Ed25519Signer ed25519;
    private final MlDsa44 mlDsa;
    private final NoteKey plain;
    private final NoteKey postQuantum;

    /** @param origin names the log and both keys; without spaces, at most 255 bytes */
    public CheckpointSigner(String origin, Ed25519Signer ed25519, MlDsa44 mlDsa) {
        this.origin = origin;
        this.ed25519 = ed25519;
        this.mlDsa = mlDsa;
        this.plain = new NoteKey(origin, NoteKey.Type.ED25519, ed25519.publicKey());
        this.postQuantum = new NoteKey(origin, NoteKey.Type.ML_DSA_44, mlDsa.publicKey());
    }

    /** That of Ed25519 first. */
    public List<NoteKey> keys() {
        return List.of(plain, postQuantum);
    }

    /** @param time stands in the line of ML-DSA-44, in whole seconds */
    public SignedNote sign(long size, byte[] root, Instant time) {
        TlogCheckpoint checkpoint = new TlogCheckpoint(origin, size, root);
        String text = checkpoint.text();
        long seconds = time.getEpochSecond();
        byte[] tree = mlDsa.sign(CosignedMessage.ofMlDsa(origin, checkpoint, seconds));
        return new SignedNote(
                text,
                List.of(
                        plain.line(ed25519.sign(text.getBytes(StandardCharsets.UTF_8))),
                        postQuantum.line(CosignedMessage.timestamped(seconds, tree))));
    }
}
