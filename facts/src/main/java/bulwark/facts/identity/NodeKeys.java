package bulwark.facts.identity;

import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;

/** The node's two rings: node signs manifests, checkpoints, exports and snapshots; issuer signs capability tokens. */
public record NodeKeys(KeyRing node, KeyRing issuer) {
    /** Opens or creates {@code <database>.keys/node} and {@code <database>.keys/issuer}. @throws bulwark.kernel.secrets.KeyRefused */
    public static NodeKeys open(Path database, Signing signing, Clock clock) {
        Path directory = directory(database);
        try {
            OwnerOnlyFiles.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new NodeKeys(
                KeyRing.open(directory.resolve("node"), signing, clock),
                KeyRing.open(directory.resolve("issuer"), signing, clock));
    }

    /** Where the rings of a database lie. */
    public static Path directory(Path database) {
        Path absolute = database.toAbsolutePath();
        return absolute.resolveSibling(absolute.getFileName() + ".keys");
    }
}
