package bulwark.gateway.feed;

import bulwark.gateway.route.RoutesRefused;
import bulwark.gateway.snapshot.SignedSnapshot;
import bulwark.gateway.snapshot.SnapshotReader;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The last good snapshot as the control plane signed it, {@code control-plane.snapshot} in the state folder: what a gateway starts with while nobody answers. Beside it,
 * {@code control-plane.withdrawals}: a newer snapshot that was refused, of which only what it takes away holds.
 */
final class LastSnapshot {
    private final Path carriedOut;
    private final Path refused;
    private final SnapshotReader reader;

    LastSnapshot(Path stateFolder, SnapshotReader reader) {
        this.carriedOut = stateFolder.resolve("control-plane.snapshot");
        this.refused = stateFolder.resolve("control-plane.withdrawals");
        this.reader = reader;
    }

    /** @throws OperatorError when it is not what a pinned key signed */
    Optional<SignedSnapshot> read() {
        return read(carriedOut);
    }

    /** As {@link #read}. */
    Optional<SignedSnapshot> readRefused() {
        return read(refused);
    }

    private Optional<SignedSnapshot> read(Path file) {
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            OwnerOnlyFiles.check(file);
            if (Files.size(file) > ControlPlaneClient.MAX_SNAPSHOT) {
                throw new RoutesRefused(List.of("It is longer than any snapshot that a control plane may send."));
            }
            return Optional.of(reader.read(Files.readAllBytes(file)));
        } catch (RoutesRefused e) {
            List<String> sentences = new ArrayList<>();
            sentences.add(file + " is not a snapshot that this gateway may start with; restore it, or delete it to take"
                    + " whatever the control plane sends:");
            sentences.addAll(e.sentences());
            throw new SnapshotUnusable(sentences);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    /** Durable when it returns. */
    void write(byte[] document) throws IOException {
        OwnerOnlyFiles.write(carriedOut, document);
    }

    void writeRefused(byte[] document) throws IOException {
        OwnerOnlyFiles.write(refused, document);
    }

    Path file() {
        return carriedOut;
    }
}
