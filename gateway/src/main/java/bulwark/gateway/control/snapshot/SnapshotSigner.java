package bulwark.gateway.control.snapshot;

import bulwark.gateway.snapshot.GatewaySnapshot;
import bulwark.gateway.snapshot.SignedSnapshot;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.signing.Signing;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The key ring that signs snapshots, {@code control-snapshot.keys} in the state folder, and nothing else. Thread-safe. */
public final class SnapshotSigner {
    private final KeyRing ring;

    private SnapshotSigner(KeyRing ring) {
        this.ring = ring;
    }

    /** Makes the first key where there is none. @throws bulwark.kernel.secrets.KeyRefused when the ring must not be used */
    public static SnapshotSigner open(Path stateFolder, Signing signing, Clock clock) {
        KeyRing ring = KeyRing.open(stateFolder.resolve("control-snapshot.keys"), signing, clock);
        if (ring.current().isEmpty()) {
            ring.promote(ring.announce(signing.random32()).id(), Duration.ZERO);
        }
        return new SnapshotSigner(ring);
    }

    byte[] sign(GatewaySnapshot snapshot) {
        return SignedSnapshot.sign(snapshot, ring.signer());
    }

    /** What gateways are told to trust, base64url: the current key and one that is announced. */
    public List<String> publicKeys() {
        return ring.entries().stream()
                .filter(entry -> entry.verifies() || entry.status() == bulwark.kernel.keys.KeyStatus.ANNOUNCED)
                .map(KeyEntry::publicKey)
                .map(Base64Url::text)
                .toList();
    }
}
