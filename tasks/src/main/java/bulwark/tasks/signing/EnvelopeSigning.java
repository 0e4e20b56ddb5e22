package bulwark.tasks.signing;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeCodec;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signs and verifies for one purpose with the keys of the {@code STEM_SIGNING_*} settings: a key is (algorithm, id), the ring, never the message, says the algorithm, and the ring says
 * what a key is for and when. Reloads while in use. Thread-safe.
 */
public final class EnvelopeSigning {
    private static final Logger LOG = LoggerFactory.getLogger(EnvelopeSigning.class);

    private static final String INCOMPLETE = "Signing configuration incomplete: ";
    private static final int MAX_SHOWN = 128;

    private final Supplier<EnvelopeKeys> settings;
    private final Clock clock;
    /** Shared by those of every purpose. */
    private final Held held;

    private final KeyPurpose purpose;
    private final AtomicBoolean incompleteSaid = new AtomicBoolean();

    /** The keys in use. */
    private static final class Held {
        private volatile EnvelopeKeys keys;

        private Held(EnvelopeKeys keys) {
            this.keys = keys;
        }
    }

    private EnvelopeSigning(Supplier<EnvelopeKeys> settings, Clock clock, Held held, KeyPurpose purpose) {
        this.settings = settings;
        this.clock = clock;
        this.held = held;
        this.purpose = purpose;
    }

    /** For processes that never reload: with the clock of the system, for tasks. @throws ConfigurationRefused listing every fault of the key settings */
    public static EnvelopeSigning of(Configuration configuration, Signing signing) {
        return reloading(() -> configuration, signing, Clock.systemUTC());
    }

    /**
     * For tasks.
     *
     * @param configuration reads the settings, with the files that they name, again each time
     * @param clock decides whether a key is in use
     * @throws ConfigurationRefused listing every fault of the key settings
     */
    public static EnvelopeSigning reloading(Supplier<Configuration> configuration, Signing signing, Clock clock) {
        Supplier<EnvelopeKeys> settings = () -> EnvelopeKeyReader.read(configuration.get(), signing, clock.instant());
        return new EnvelopeSigning(settings, clock, new Held(settings.get()), KeyPurpose.TASKS);
    }

    /** The same keys, now and after each reload, for another purpose. */
    public EnvelopeSigning forPurpose(KeyPurpose other) {
        return new EnvelopeSigning(settings, clock, held, other);
    }

    /** False when there are no keys at all: then nothing can be told from its signature. */
    public boolean canVerify() {
        return held.keys.canVerify();
    }

    /** Ids of the keys whose signatures for this purpose are accepted now, sorted. */
    public List<String> acceptedKeyIds() {
        Instant now = clock.instant();
        EnvelopeKeys keys = held.keys;
        return keys.ring().keySet().stream()
                .filter(id -> keys.refusal(id, id, purpose, now) == null)
                .sorted()
                .toList();
    }

    /** Id of the key that signs for this purpose now; empty while none does. */
    public Optional<String> signingKeyId() {
        return Optional.ofNullable(held.keys.signer(purpose, clock.instant())).map(EnvelopeKeys.Signer::keyId);
    }

    public boolean canSign() {
        return held.keys.signer(purpose, clock.instant()) != null;
    }

    /** With the key of this purpose; a signature that is there is replaced. @throws IllegalStateException when {@link #canSign} is false */
    public Envelope sign(Envelope envelope) {
        EnvelopeKeys now = held.keys;
        EnvelopeKeys.Signer signer = now.signer(purpose, clock.instant());
        if (signer == null) {
            String missing = now.unsignedBecause(purpose, clock.instant());
            throw new IllegalStateException(INCOMPLETE + (missing == null ? "there are no keys" : missing));
        }
        return sign(envelope, signer);
    }

    private static Envelope sign(Envelope envelope, EnvelopeKeys.Signer signer) {
        byte[] signature = signer.sign().apply(EnvelopeCodec.canonical(envelope));
        Map<String, String> headers = new HashMap<>(envelope.headers());
        headers.put(Envelope.SIGNATURE, Base64.getEncoder().encodeToString(signature));
        headers.put(Envelope.SIGNATURE_KEY, signer.keyId());
        return envelope.withHeaders(headers);
    }

    /** Signs when it can, else returns the envelope as it is; says once why, when there are keys. */
    public Envelope signIfAble(Envelope envelope) {
        EnvelopeKeys now = held.keys;
        Instant time = clock.instant();
        EnvelopeKeys.Signer signer = now.signer(purpose, time);
        if (signer != null) {
            return sign(envelope, signer);
        }
        String missing = now.unsignedBecause(purpose, time);
        if (missing != null && incompleteSaid.compareAndSet(false, true)) {
            LOG.warn("{}{}; what this process sends carries no signature of its own", INCOMPLETE, missing);
        }
        return envelope;
    }

    /** Never throws for what a message claims. */
    public Verdict verify(Envelope envelope) {
        EnvelopeKeys now = held.keys;
        if (!now.canVerify()) {
            return new Verdict.Unchecked();
        }
        String signature = envelope.headers().get(Envelope.SIGNATURE);
        String keyId = envelope.headers().get(Envelope.SIGNATURE_KEY);
        if (signature == null || keyId == null) {
            return new Verdict.Invalid(
                    "missing signature headers", keyId == null ? null : PrintableText.of(keyId, MAX_SHOWN));
        }
        Instant time = clock.instant();
        String shown = PrintableText.of(keyId, MAX_SHOWN);
        String refusal = now.refusal(keyId, shown, purpose, time);
        if (refusal != null) {
            return new Verdict.Invalid(refusal, shown);
        }
        byte[] bytes = decode(signature);
        if (bytes == null) {
            return new Verdict.Invalid("signature header is not base64 encoded", keyId);
        }
        String algorithm = now.verify(keyId, purpose, time, EnvelopeCodec.canonical(envelope), bytes);
        return algorithm == null
                ? new Verdict.Invalid("signature mismatch", keyId)
                : new Verdict.Valid(algorithm, keyId);
    }

    /** Standard alphabet with padding, as signers write it; null for anything else. */
    private static byte @Nullable [] decode(String signature) {
        try {
            // The JDK's decoder would do without padding.
            return signature.length() % 4 == 0 ? Base64.getDecoder().decode(signature) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Reads {@code *_FILE} settings again; keys that cannot be read leave the old ones in use, and the sentences say so. The same holds for settings without any key to verify
     * with, such as a file that was emptied: a process that checks signatures never stops doing so while it runs.
     */
    public List<String> reload() {
        try {
            EnvelopeKeys renewed = settings.get();
            if (canVerify() && !renewed.canVerify()) {
                return kept(List.of("the settings hold no key to verify with any more"));
            }
            held.keys = renewed;
            incompleteSaid.set(false);
            return renewed.describe();
        } catch (ConfigurationRefused e) {
            return kept(e.sentences());
        }
    }

    private static List<String> kept(List<String> problems) {
        List<String> sentences = problems.stream()
                .map(problem -> "the signing keys stay as they were: " + problem)
                .toList();
        sentences.forEach(LOG::error);
        return sentences;
    }

    /** Algorithms, key ids and warnings, a line each; nothing secret. */
    public List<String> describe() {
        return held.keys.describe();
    }

    public sealed interface Verdict {
        record Valid(String algorithm, String keyId) implements Verdict {}

        /** There are no keys to verify with. */
        record Unchecked() implements Verdict {}

        /** @param reason a sentence; @param keyId as the message claims it, or null */
        record Invalid(String reason, @Nullable String keyId) implements Verdict {}
    }
}
