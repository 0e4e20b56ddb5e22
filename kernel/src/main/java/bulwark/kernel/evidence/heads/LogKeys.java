package bulwark.kernel.evidence.heads;

import bulwark.kernel.evidence.signer.HeadSigner;
import bulwark.kernel.evidence.tlog.CheckpointKeys;
import bulwark.kernel.evidence.tlog.CheckpointSigner;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.keys.KeyStatus;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.MlDsa44;
import bulwark.kernel.signing.Signing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The log key: an Ed25519 key that signs what vouches for a store (heads, origins, checkpoints, outbox rows) and nothing else. Each
 * signature is over one line that names its purpose, a line feed, and the canonical JSON of the statement, so a signature for one
 * purpose never serves another. It rotates and can be distrusted through {@link HeadSigner}. Thread-safe.
 */
public final class LogKeys {
    /** The age at which the log key should have been rotated. */
    public static final Duration MAX_AGE = Duration.ofDays(365);

    /** How long rows that wait in the outbox may bear the signature of the key before. */
    private static final Duration DUAL_TRUST = Duration.ofDays(90);

    private static final String POST_QUANTUM = "bulwark.dev/log/ml-dsa-44/v1";

    private final Signing signing;
    private final Supplier<List<KeyEntry>> source;
    private final @Nullable KeyRing ring;
    /** Only of a ring that is not open here: what was read last. */
    private volatile List<KeyEntry> read;
    /** Of the log and key that signed last. */
    private volatile @Nullable CheckpointSigner checkpointSigner;

    private LogKeys(Signing signing, Supplier<List<KeyEntry>> source, @Nullable KeyRing ring) {
        this.signing = signing;
        this.source = source;
        this.ring = ring;
        this.read = source.get();
    }

    /** A signature and the id of the key that made it. @param value base64url without padding */
    public record Signature(String keyId, String value) {}

    /**
     * Opens {@code log} in the key folder of a store, and makes its first key where there is none.
     *
     * @throws KeyRefused when what lies there must not be used
     */
    public static LogKeys open(Path keyFolder, Signing signing, Clock clock) {
        KeyRing ring = KeyRing.open(keyFolder.resolve("log"), signing, clock);
        if (ring.current().isEmpty()) {
            ring.promote(ring.announce(signing.random32()).id(), Duration.ZERO);
        }
        return new LogKeys(signing, ring::entries, ring);
    }

    /** Only verifies: reads the public half and writes nothing. @throws KeyRefused when it is damaged */
    public static LogKeys verifyOnly(Path keyFolder, Signing signing) {
        return new LogKeys(signing, () -> KeyRing.publicEntries(keyFolder.resolve("log")), null);
    }

    /** All keys in the order of their arrival. */
    public List<KeyEntry> entries() {
        return ring == null ? read : ring.entries();
    }

    /** The key that signs now. */
    public KeyEntry current() {
        return entries().stream()
                .filter(entry -> entry.status() == KeyStatus.CURRENT)
                .findFirst()
                .orElseThrow(() -> new KeyRefused("the ring of log keys has no current key: restore it from a backup"));
    }

    /** Only verifies: one key from elsewhere, trusted without an end. @param publicKey raw 32 bytes */
    public static LogKeys of(byte[] publicKey, Signing signing) {
        String id = Digests.sha256Hex(publicKey).substring(0, 16);
        List<KeyEntry> entries = List.of(new KeyEntry(id, KeyStatus.CURRENT, publicKey, Instant.EPOCH, null, null));
        return new LogKeys(signing, () -> entries, null);
    }

    /** @param purpose one line of ASCII */
    public Signature sign(String purpose, Map<String, ? extends @Nullable Object> statement) {
        Ed25519Signer signer = ring().signer();
        String value = Base64Url.text(signer.sign(message(purpose, statement)));
        return new Signature(signer.keyId(), value);
    }

    /** Why a signature is not one of these keys, as the end of a sentence; null when it is. Says nothing about when it was made. */
    @Nullable
    public String fault(String purpose, Map<String, ? extends @Nullable Object> statement, Signature signature) {
        KeyEntry entry = entry(signature.keyId());
        if (entry == null) {
            return "is signed by the key " + signature.keyId() + ", which the ring of log keys does not hold";
        }
        if (entry.status() == KeyStatus.ANNOUNCED) {
            return "is signed by the log key " + entry.id() + ", which is not in service yet";
        }
        return signing.verify(
                        entry.publicKey(),
                        message(purpose, statement),
                        Base64Url.bytes(signature.value()).orElse(new byte[0]))
                ? null
                : "carries a signature that does not verify";
    }

    /** As {@link #fault(String, Map, Signature)}, and why it cannot be of that time. @param at when it says it was made */
    public @Nullable String fault(
            String purpose, Map<String, ? extends @Nullable Object> statement, Signature signature, Instant at) {
        String fault = fault(purpose, statement, signature);
        return fault == null ? endFault(signature.keyId(), at) : fault;
    }

    /**
     * Why a key cannot have made a signature that nothing newer vouches for, as the end of a sentence; null when it can.
     *
     * @param signedAt when the signature says that it was made
     */
    @Nullable
    String endFault(String keyId, Instant signedAt) {
        KeyEntry entry = entry(keyId);
        if (entry == null || entry.maySignAt(signedAt)) {
            return null;
        }
        return entry.status() == KeyStatus.DISTRUSTED
                ? "is signed by the log key " + keyId + ", which is distrusted"
                : "is signed by the log key " + keyId + " after another one had replaced it";
    }

    /** Whether a key signs, or did so until lately and is not distrusted. */
    public boolean trusts(String keyId) {
        KeyEntry entry = entry(keyId);
        return entry != null && entry.verifies();
    }

    public boolean isDistrusted(String keyId) {
        KeyEntry entry = entry(keyId);
        return entry != null && entry.status() == KeyStatus.DISTRUSTED;
    }

    public boolean holds(String keyId) {
        return entry(keyId) != null;
    }

    /** Whether the first key came into the ring before the second one. */
    boolean isOlder(String keyId, String than) {
        List<String> order = entries().stream().map(KeyEntry::id).toList();
        return order.indexOf(keyId) < order.indexOf(than);
    }

    /** The next key, which does not sign yet. */
    public KeyEntry announce() {
        return ring().announce(signing.random32());
    }

    public void withdraw(String keyId) {
        ring().withdraw(keyId);
    }

    public void promote(String keyId) {
        ring().promote(keyId, DUAL_TRUST);
    }

    public void distrust(String keyId) {
        ring().distrust(keyId);
    }

    /**
     * Finishes a rotation that a kill interrupted: an announced key that the newest leaf of the store introduces signs from now on; one
     * that no leaf introduces is dropped.
     */
    public void settle(@Nullable SignedHeads newest) {
        String introduced = newest == null ? "" : newest.keyInForce();
        for (KeyEntry entry : entries()) {
            if (entry.status() == KeyStatus.ANNOUNCED) {
                if (entry.id().equals(introduced)) {
                    promote(entry.id());
                } else {
                    withdraw(entry.id());
                }
            }
        }
    }

    /**
     * For the checkpoints of a log's tree: lines of this key and of one of ML-DSA-44 whose seed follows from the same seed. What is signed
     * there begins with the origin of the log, so it is no statement of a purpose.
     */
    public CheckpointKeys checkpointKeys() {
        return new CheckpointKeys(this::checkpointSigner, this::checkpointTrust);
    }

    private CheckpointSigner checkpointSigner(String origin) {
        Ed25519Signer current = ring().signer();
        CheckpointSigner known = checkpointSigner;
        NoteKey key = new NoteKey(origin, NoteKey.Type.ED25519, current.publicKey());
        if (known == null || !known.keys().getFirst().equals(key)) {
            MlDsa44 postQuantum = MlDsa44.signer(ring().derive(current.keyId(), POST_QUANTUM));
            known = new CheckpointSigner(origin, current, postQuantum);
            checkpointSigner = known;
        }
        return known;
    }

    private List<NoteKey> checkpointTrust(String origin) {
        return entries().stream()
                .filter(entry -> entry.status() != KeyStatus.DISTRUSTED && entry.status() != KeyStatus.ANNOUNCED)
                .map(entry -> new NoteKey(origin, NoteKey.Type.ED25519, entry.publicKey()))
                .toList();
    }

    private KeyRing ring() {
        if (ring == null) {
            throw new IllegalStateException("these log keys only verify");
        }
        return ring;
    }

    /** A check beside a running node reads the ring again before it doubts a key: it may have come meanwhile. */
    private @Nullable KeyEntry entry(String keyId) {
        KeyEntry found = find(keyId);
        if (ring == null && (found == null || found.status() == KeyStatus.ANNOUNCED)) {
            read = source.get();
            found = find(keyId);
        }
        return found;
    }

    private @Nullable KeyEntry find(String keyId) {
        return entries().stream()
                .filter(entry -> entry.id().equals(keyId))
                .findFirst()
                .orElse(null);
    }

    private static byte[] message(String purpose, Map<String, ? extends @Nullable Object> statement) {
        return (purpose + "\n" + CanonicalJson.text(statement)).getBytes(StandardCharsets.UTF_8);
    }
}
