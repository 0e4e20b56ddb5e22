package bulwark.gateway.control.snapshot;

import bulwark.gateway.snapshot.SignedSnapshot;
import bulwark.gateway.snapshot.SnapshotText;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.keys.KeyStatus;
import bulwark.kernel.signing.Signing;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The key ring that signs snapshots, {@code control-snapshot.keys} in the state folder, and nothing else. Thread-safe. */
public final class SnapshotSigner {
    private final KeyRing ring;
    private final Signing signing;

    private SnapshotSigner(KeyRing ring, Signing signing) {
        this.ring = ring;
        this.signing = signing;
    }

    /** Makes the first key where there is none. @throws bulwark.kernel.secrets.KeyRefused when the ring must not be used */
    public static SnapshotSigner open(Path stateFolder, Signing signing, Clock clock) {
        KeyRing ring = KeyRing.open(stateFolder.resolve("control-snapshot.keys"), signing, clock);
        if (ring.current().isEmpty()) {
            ring.promote(ring.announce(signing.random32()).id(), Duration.ZERO);
        }
        return new SnapshotSigner(ring, signing);
    }

    byte[] sign(SnapshotText snapshot) {
        return SignedSnapshot.sign(snapshot, ring.signer());
    }

    byte[] signDelta(SnapshotText base, SnapshotText next) {
        return SignedSnapshot.signDelta(base, next, ring.signer());
    }

    /** Makes the key that is to sign next; one that waits already is that key. @return its public form, base64url */
    public String announce() {
        return Base64Url.text(
                waiting().orElseGet(() -> ring.announce(signing.random32())).publicKey());
    }

    private Optional<KeyEntry> waiting() {
        return ring.entries().stream()
                .filter(entry -> entry.status() == KeyStatus.ANNOUNCED)
                .findFirst();
    }

    /** The key that was announced signs from now on; empty when none was. @return its public form, base64url */
    public Optional<String> promote() {
        return waiting()
                .map(entry ->
                        Base64Url.text(ring.promote(entry.id(), Duration.ZERO).publicKey()));
    }

    /** What gateways are told to trust, base64url: the current key and one that is announced. */
    public List<String> publicKeys() {
        return ring.entries().stream()
                .filter(entry -> entry.status() == KeyStatus.CURRENT || entry.status() == KeyStatus.ANNOUNCED)
                .map(KeyEntry::publicKey)
                .map(Base64Url::text)
                .toList();
    }
}
