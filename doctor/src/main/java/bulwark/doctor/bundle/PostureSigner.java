package bulwark.doctor.bundle;

import bulwark.kernel.evidence.tlog.Cosigner;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.SignedNote;
import bulwark.kernel.evidence.tlog.TlogProof;
import bulwark.kernel.signing.Ed25519Signer;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/**
 * Signs a statement with a doctor's key, has it kept by a log, and cosigns the log's checkpoint with the same key: what is signed begins
 * {@code DSSEv1} there and {@code cosignature/v1} here. Thread-safe.
 */
public final class PostureSigner {
    private final Ed25519Signer signer;
    private final Cosigner cosigner;
    private final Clock clock;

    /** A log that takes an entry. */
    @FunctionalInterface
    public interface Log {
        /**
         * @param entry whose canonical JSON becomes a leaf
         * @param digest of the payload, under which the entry is known: the same one twice is one
         * @return the proof of its place under a checkpoint that the log signed
         * @throws IOException when it cannot be kept
         */
        Entry keep(Map<String, Object> entry, String digest) throws IOException;
    }

    /** @param logKeys with which the log signs checkpoints, that of Ed25519 first */
    public record Entry(TlogProof proof, List<NoteKey> logKeys) {
        public Entry {
            logKeys = List.copyOf(logKeys);
        }
    }

    /** A bundle, and the keys by which its log can be recognized. */
    public record Signed(PostureBundle bundle, List<NoteKey> logKeys) {}

    /** @param name of the doctor, as policies have it; without spaces */
    public PostureSigner(String name, Ed25519Signer signer, Clock clock) {
        this.signer = signer;
        this.cosigner = new Cosigner(name, signer);
        this.clock = clock;
    }

    /** The key as a policy holds it. */
    public NoteKey key() {
        return cosigner.key();
    }

    public Signed sign(PostureStatement statement, Log log) throws IOException {
        byte[] publicKey = signer.publicKey();
        DsseEnvelope envelope = DsseEnvelope.sign(PostureStatement.PAYLOAD_TYPE, statement.json(), signer);
        Entry kept =
                log.keep(envelope.logEntry(publicKey), bulwark.kernel.signing.Digests.sha256Hex(envelope.signed()));
        TlogProof proof = kept.proof();
        if (!proof.proves(envelope.leaf(publicKey))) {
            throw new IOException("the log answered with a proof of another entry");
        }
        SignedNote cosigned = cosigner.cosign(proof.note(), clock.instant());
        PostureBundle bundle = new PostureBundle(
                DsseEnvelope.keyId(publicKey),
                envelope,
                kept.logKeys().getFirst().longId(),
                envelope.leaf(publicKey),
                new TlogProof(proof.index(), proof.path(), cosigned, proof.checkpoint()));
        return new Signed(bundle, kept.logKeys());
    }
}
