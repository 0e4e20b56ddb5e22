package bulwark.doctor.bundle;

import bulwark.kernel.evidence.tlog.Cosigner;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A doctor's own key, which signs statements and cosigns checkpoints. Made at its first use, in a folder outside of what the doctor looks at. Thread-safe. */
public final class DoctorSigner {
    private static final String NAME = "bulwark.dev/doctor/";

    private final String name;
    private final Instant created;
    private final Ed25519Signer signer;

    private DoctorSigner(KeyEntry key, Ed25519Signer signer) {
        this.name = NAME + key.id();
        this.created = key.created();
        this.signer = signer;
    }

    /** @throws bulwark.kernel.secrets.KeyRefused when the key there must not be used */
    public static DoctorSigner open(Path folder, Clock clock) throws IOException {
        OwnerOnlyFiles.createDirectory(folder);
        Signing signing = Signing.fastest();
        KeyRing ring = KeyRing.open(folder.resolve("key"), signing, clock);
        if (ring.current().isEmpty()) {
            ring.promote(ring.announce(signing.random32()).id(), Duration.ZERO);
        }
        return new DoctorSigner(ring.current().orElseThrow(), ring.signer());
    }

    /** As policies name it. */
    String name() {
        return name;
    }

    Instant created() {
        return created;
    }

    Ed25519Signer signer() {
        return signer;
    }

    /** For checkpoints that were found consistent with the last one. */
    public Cosigner cosigner() {
        return new Cosigner(name, signer);
    }

    /** Its public half, as a policy holds it. */
    public NoteKey key() {
        return cosigner().key();
    }
}
