package bulwark.gateway.feed;

import bulwark.gateway.route.RoutesRefused;
import bulwark.gateway.snapshot.SignedSnapshot;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The last good snapshot as the control plane signed it, {@code control-plane.snapshot} in the state folder: what a gateway starts with while nobody answers. */
final class LastSnapshot {
    private static final String FILE = "control-plane.snapshot";

    private final Path file;
    private final List<String> pinned;
    private final Signing signing;

    LastSnapshot(Path stateFolder, List<String> pinned, Signing signing) {
        this.file = stateFolder.resolve(FILE);
        this.pinned = pinned;
        this.signing = signing;
    }

    /** @throws OperatorError when it is not what a pinned key signed */
    Optional<SignedSnapshot> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(SignedSnapshot.verify(Files.readAllBytes(file), pinned, signing));
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
        OwnerOnlyFiles.write(file, document);
    }

    private static final class SnapshotUnusable extends OperatorError {
        SnapshotUnusable(List<String> sentences) {
            super(ExitCode.FAILED, sentences, null);
        }
    }
}
