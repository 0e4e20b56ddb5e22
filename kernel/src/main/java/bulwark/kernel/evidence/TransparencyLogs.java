package bulwark.kernel.evidence;

import bulwark.kernel.signing.Ed25519Signer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Supplier;

/** The three backends of {@code STIGMEM_TL_BACKEND}. */
public final class TransparencyLogs {
    private TransparencyLogs() {}

    /** JSON lines {index, ts, leaf_hash, prev_hash, chain_hash, payload}; file lock, fsync for each append, tail cached; open for append only. */
    public static TransparencyLog local(Path file, Clock clock) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Rekor's real form (hashedrekord over a signature by the given key), timeout 15 s. */
    public static TransparencyLog rekor(URI service, Supplier<Ed25519Signer> signer, Clock clock) {
        throw new UnsupportedOperationException("skeleton");
    }

    public static TransparencyLog off() {
        throw new UnsupportedOperationException("skeleton");
    }
}
