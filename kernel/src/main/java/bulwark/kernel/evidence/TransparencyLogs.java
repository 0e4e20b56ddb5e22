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
        return new LocalLog(file, clock);
    }

    /** A Rekor service: entries of type rekord, signed by the key that is current at each append; timeout 15 s. */
    public static TransparencyLog rekor(URI service, Supplier<Ed25519Signer> signer, Clock clock) {
        return new RekorLog(service, signer, clock);
    }

    /** Always unavailable. */
    public static TransparencyLog off() {
        return new NoLog();
    }
}
