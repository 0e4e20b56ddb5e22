package bulwark.kernel.evidence.tlog;

import bulwark.kernel.signing.Ed25519Signer;
import java.time.Instant;

/** Cosigns checkpoints of logs that it found consistent with what it saw of them before (type 0x04); that is for its caller to find out. Thread-safe. */
public final class Cosigner {
    private final Ed25519Signer signer;
    private final NoteKey key;

    /** @param name without spaces */
    public Cosigner(String name, Ed25519Signer signer) {
        this.signer = signer;
        this.key = new NoteKey(name, NoteKey.Type.COSIGNATURE, signer.publicKey());
    }

    public NoteKey key() {
        return key;
    }

    /** The note with one line more. @param time in whole seconds */
    public SignedNote cosign(SignedNote note, Instant time) {
        long seconds = time.getEpochSecond();
        byte[] signature = signer.sign(CosignedMessage.ofEd25519(note.text(), seconds));
        return note.with(key.line(CosignedMessage.timestamped(seconds, signature)));
    }
}
