package bulwark.kernel.keys;

import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The Ed25519 keys of one purpose in one owner-only directory: {@code ring.json} (synced, replaced by rename) and one
 * {@code <id>.seed} (0600) for each key. Every step is synced before it returns, and a kill between any two steps leaves
 * a ring that opens and signs. Thread-safe. A seed that does not match its public key, a file that others can read, and a
 * published seed are refused at open with {@link KeyRefused}.
 */
public final class KeyRing {
    private KeyRing() {}

    /** Opens or creates the directory (0700). An empty ring has no current key. */
    public static KeyRing open(Path directory, Signing signing, Clock clock) {
        throw new UnsupportedOperationException("skeleton");
    }

    public List<KeyEntry> entries() {
        throw new UnsupportedOperationException("skeleton");
    }

    public Optional<KeyEntry> current() {
        throw new UnsupportedOperationException("skeleton");
    }

    public Optional<KeyEntry> byId(String id) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Signer of the current key; follows a promotion at once. @throws KeyRefused when the ring is empty */
    public Ed25519Signer signer() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Signer of any entry whose seed is in the ring (a retiring key signs its rotation event). */
    public Ed25519Signer signer(String id) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Writes the seed 0600, syncs it and the directory, records it as ANNOUNCED. The first key of an empty ring may be promoted with a zero window. Idempotent by key id. */
    public KeyEntry announce(SecretBytes seed) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** The announced key becomes CURRENT; the former current one RETIRING until now + dualTrust. */
    public KeyEntry promote(String id, Duration dualTrust) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Drops an ANNOUNCED key and its seed (a rotation that did not commit). */
    public void withdraw(String id) {
        throw new UnsupportedOperationException("skeleton");
    }
}
