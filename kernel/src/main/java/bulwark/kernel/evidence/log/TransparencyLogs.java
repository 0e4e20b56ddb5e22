package bulwark.kernel.evidence.log;

import bulwark.kernel.signing.Ed25519Signer;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Supplier;

/** The three backends of a transparency log. */
public final class TransparencyLogs {
    private TransparencyLogs() {}

    /** Checks each record of a local log that nobody writes to meanwhile, without making a lock file beside it. @return problems, one sentence each */
    public static List<String> fsckFile(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        try (FileChannel reading = FileChannel.open(file, StandardOpenOption.READ)) {
            return new LogFsck(file).run(reading, reading.size());
        }
    }

    /** JSON lines {index, ts, leaf_hash, prev_hash, chain_hash, payload}; file lock, fsync for each append, tail cached; open for append only. */
    public static TransparencyLog local(Path file, Clock clock) {
        return new FileTransparencyLog(file, clock);
    }

    /**
     * A Rekor service: entries of type rekord, signed by the key that is current at each append; timeout 15 s.
     *
     * @param keys of the service; its answers must bear their signatures
     * @param keyFolder where the newest checkpoint of the service is kept ({@code rekor.json})
     */
    public static TransparencyLog rekor(
            URI service, RekorKeys keys, Path keyFolder, Supplier<Ed25519Signer> signer, Clock clock) {
        return new RekorLog(
                new RekorClient(service), keys, new CheckpointFile(rekorFile(keyFolder), true), signer, clock);
    }

    /** A Rekor service that is only asked: nothing can be appended, and nothing is written here. */
    public static TransparencyLog rekorReadOnly(URI service, RekorKeys keys, Path keyFolder) {
        Supplier<Ed25519Signer> nobody = () -> {
            throw new IllegalStateException("this log is only read");
        };
        return new RekorLog(
                new RekorClient(service),
                keys,
                new CheckpointFile(rekorFile(keyFolder), false),
                nobody,
                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    }

    private static Path rekorFile(Path keyFolder) {
        return keyFolder.resolve("rekor.json");
    }

    /** Always unavailable. @param setting what switched it off, for the sentence that refuses */
    public static TransparencyLog off(String setting) {
        return new DisabledTransparencyLog(setting);
    }
}
