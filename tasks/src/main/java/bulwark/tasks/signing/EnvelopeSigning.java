package bulwark.tasks.signing;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.envelope.Envelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Signs and verifies with the keys of the {@code STEM_SIGNING_*} settings: an HMAC ring and an Ed25519 ring side by side, where a key is (algorithm, id) and the ring, never
 * the message, says the algorithm. Reloads while in use. Thread-safe.
 */
public final class EnvelopeSigning {
    private EnvelopeSigning() {}

    /** @throws bulwark.kernel.config.Configuration.ConfigurationRefused listing every fault of the key settings */
    public static EnvelopeSigning of(Configuration configuration, Signing signing) {
        throw new UnsupportedOperationException("skeleton");
    }

    public boolean canVerify() {
        throw new UnsupportedOperationException("skeleton");
    }

    public boolean canSign() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** With the active key; a signature that is there is replaced. @throws IllegalStateException when {@link #canSign} is false */
    public Envelope sign(Envelope envelope) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Signs when it can, else returns the envelope as it is. */
    public Envelope signIfAble(Envelope envelope) {
        throw new UnsupportedOperationException("skeleton");
    }

    public Verdict verify(Envelope envelope) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Reads {@code *_FILE} settings again; keys that cannot be read leave the old ones in use, and the sentences say so. */
    public List<String> reload() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Algorithms, key ids and warnings, a line each; nothing secret. */
    public List<String> describe() {
        throw new UnsupportedOperationException("skeleton");
    }

    public sealed interface Verdict {
        record Valid(String algorithm, String keyId) implements Verdict {}

        /** There are no keys to verify with. */
        record Unchecked() implements Verdict {}

        /** @param reason a sentence; @param keyId as the message claims it, or null */
        record Invalid(String reason, @Nullable String keyId) implements Verdict {}
    }
}
