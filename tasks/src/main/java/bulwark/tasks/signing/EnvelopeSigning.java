package bulwark.tasks.signing;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeText;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs and verifies with the keys of the {@code STEM_SIGNING_*} settings: an HMAC ring and an Ed25519 ring side by side, where a key is (algorithm, id) and the ring, never
 * the message, says the algorithm. Reloads while in use. Thread-safe.
 */
public final class EnvelopeSigning {
    private static final Logger LOG = LoggerFactory.getLogger(EnvelopeSigning.class);

    private final Supplier<Configuration> configuration;
    private final Signing signing;
    private final AtomicBoolean incompleteSaid = new AtomicBoolean();
    private volatile KeyRings rings;

    private EnvelopeSigning(Supplier<Configuration> configuration, Signing signing) {
        this.configuration = configuration;
        this.signing = signing;
        this.rings = KeyRings.of(configuration.get(), signing);
    }

    /** For processes that never reload. @throws ConfigurationRefused listing every fault of the key settings */
    public static EnvelopeSigning of(Configuration configuration, Signing signing) {
        return new EnvelopeSigning(() -> configuration, signing);
    }

    /**
     * @param configuration reads the settings, with the files that they name, again each time
     * @throws ConfigurationRefused listing every fault of the key settings
     */
    public static EnvelopeSigning reloading(Supplier<Configuration> configuration, Signing signing) {
        return new EnvelopeSigning(configuration, signing);
    }

    public boolean canVerify() {
        return rings.canVerify();
    }

    public boolean canSign() {
        return rings.signer() != null;
    }

    /** With the active key; a signature that is there is replaced. @throws IllegalStateException when {@link #canSign} is false */
    public Envelope sign(Envelope envelope) {
        KeyRings.Signer signer = rings.signer();
        if (signer == null) {
            throw new IllegalStateException("there is no key to sign with");
        }
        byte[] signature = signer.sign().apply(EnvelopeText.canonical(envelope));
        Map<String, String> headers = new HashMap<>(envelope.headers());
        headers.put(Envelope.SIGNATURE, Base64.getEncoder().encodeToString(signature));
        headers.put(Envelope.SIGNATURE_KEY, signer.keyId());
        return envelope.withHeaders(headers);
    }

    /** Signs when it can, else returns the envelope as it is. */
    public Envelope signIfAble(Envelope envelope) {
        if (canSign()) {
            return sign(envelope);
        }
        if (canVerify() && incompleteSaid.compareAndSet(false, true)) {
            LOG.warn(
                    "Signing configuration incomplete: there are keys to verify with and none to sign with; what this process sends carries no signature of its own");
        }
        return envelope;
    }

    public Verdict verify(Envelope envelope) {
        KeyRings now = rings;
        if (!now.canVerify()) {
            return new Verdict.Unchecked();
        }
        String signature = envelope.headers().get(Envelope.SIGNATURE);
        String keyId = envelope.headers().get(Envelope.SIGNATURE_KEY);
        if (signature == null || keyId == null) {
            return new Verdict.Invalid("missing signature headers", keyId);
        }
        if (!now.knows(keyId)) {
            return new Verdict.Invalid("unknown signing key \"" + keyId + "\"", keyId);
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(signature);
        } catch (IllegalArgumentException e) {
            return new Verdict.Invalid("signature header is not base64 encoded", keyId);
        }
        String algorithm = now.verify(keyId, EnvelopeText.canonical(envelope), bytes);
        return algorithm == null
                ? new Verdict.Invalid("signature mismatch", keyId)
                : new Verdict.Valid(algorithm, keyId);
    }

    /** Reads {@code *_FILE} settings again; keys that cannot be read leave the old ones in use, and the sentences say so. */
    public List<String> reload() {
        try {
            rings = KeyRings.of(configuration.get(), signing);
            return rings.describe();
        } catch (ConfigurationRefused e) {
            List<String> problems = e.problems().stream()
                    .map(problem -> "the signing keys stay as they were: " + problem)
                    .toList();
            problems.forEach(LOG::error);
            return problems;
        }
    }

    /** Algorithms, key ids and warnings, a line each; nothing secret. */
    public List<String> describe() {
        return rings.describe();
    }

    public sealed interface Verdict {
        record Valid(String algorithm, String keyId) implements Verdict {}

        /** There are no keys to verify with. */
        record Unchecked() implements Verdict {}

        /** @param reason a sentence; @param keyId as the message claims it, or null */
        record Invalid(String reason, @Nullable String keyId) implements Verdict {}
    }
}
