package bulwark.kernel.evidence;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.keys.KeyStatus;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log key: an Ed25519 key that signs what vouches for a store (heads, origins, checkpoints, outbox rows) and nothing else. Each
 * signature is over one line that names its purpose, a line feed, and the canonical JSON of the statement, so a signature for one
 * purpose never serves another. Thread-safe.
 */
public final class LogKeys {
    private final Signing signing;
    private final Supplier<List<KeyEntry>> entries;
    private final @Nullable KeyRing ring;

    private LogKeys(Signing signing, Supplier<List<KeyEntry>> entries, @Nullable KeyRing ring) {
        this.signing = signing;
        this.entries = entries;
        this.ring = ring;
    }

    /** A signature and the id of the key that made it. @param value base64url without padding */
    public record Signature(String keyId, String value) {}

    /**
     * Opens {@code log} in the key folder of a store, and makes its first key where there is none.
     *
     * @throws bulwark.kernel.secrets.KeyRefused when what lies there must not be used
     */
    public static LogKeys open(Path keyFolder, Signing signing, Clock clock) {
        KeyRing ring = KeyRing.open(keyFolder.resolve("log"), signing, clock);
        if (ring.current().isEmpty()) {
            ring.promote(ring.announce(signing.random32()).id(), Duration.ZERO);
        }
        return new LogKeys(signing, ring::entries, ring);
    }

    /** Only verifies: reads the public half and writes nothing. @throws bulwark.kernel.secrets.KeyRefused when it is damaged */
    public static LogKeys verifyOnly(Path keyFolder, Signing signing) {
        List<KeyEntry> entries = KeyRing.publicEntries(keyFolder.resolve("log"));
        return new LogKeys(signing, () -> entries, null);
    }

    /** Only verifies: one key from elsewhere, trusted without an end. @param publicKey raw 32 bytes */
    public static LogKeys of(byte[] publicKey, Signing signing) {
        String id = Digests.sha256Hex(publicKey).substring(0, 16);
        List<KeyEntry> entries = List.of(new KeyEntry(id, KeyStatus.CURRENT, publicKey, Instant.EPOCH, null, null));
        return new LogKeys(signing, () -> entries, null);
    }

    /** All keys in the order of their arrival. */
    public List<KeyEntry> entries() {
        return entries.get();
    }

    /** The key that signs now. */
    public KeyEntry current() {
        return entries().stream()
                .filter(entry -> entry.status() == KeyStatus.CURRENT)
                .findFirst()
                .orElseThrow(() -> new KeyRefused("the ring of log keys has no current key: restore it from a backup"));
    }

    /** @param purpose one line of ASCII */
    public Signature sign(String purpose, Map<String, ? extends @Nullable Object> statement) {
        if (ring == null) {
            throw new IllegalStateException("these log keys only verify");
        }
        Ed25519Signer signer = ring.signer();
        String value = Base64.getUrlEncoder().withoutPadding().encodeToString(signer.sign(message(purpose, statement)));
        return new Signature(signer.keyId(), value);
    }

    /** The raw public key of an id that the ring holds. */
    byte[] publicKey(String keyId) {
        return entries.get().stream()
                .filter(entry -> entry.id().equals(keyId))
                .findFirst()
                .orElseThrow()
                .publicKey();
    }

    /** Why a signature is not to be believed, as the end of a sentence; null when it is. @param at when it says it was made */
    public @Nullable String fault(
            String purpose, Map<String, ? extends @Nullable Object> statement, Signature signature, Instant at) {
        for (KeyEntry entry : entries.get()) {
            if (entry.id().equals(signature.keyId())) {
                Instant end = entry.trustedUntil();
                if (end != null && at.isAfter(end)) {
                    return "is signed by the log key " + entry.id() + " after the end of its window";
                }
                return signing.verify(entry.publicKey(), message(purpose, statement), decoded(signature.value()))
                        ? null
                        : "carries a signature that does not verify";
            }
        }
        return "is signed by the key " + signature.keyId() + ", which the ring of log keys does not hold";
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static byte[] message(String purpose, Map<String, ? extends @Nullable Object> statement) {
        return (purpose + "\n" + CanonicalJson.text(statement)).getBytes(StandardCharsets.UTF_8);
    }
}
