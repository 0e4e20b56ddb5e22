package bulwark.facts.snapshot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Holds the lock file that every process with the store open holds, so that none can open it meanwhile. */
final class StoreLock implements AutoCloseable {
    private final FileChannel channel;

    private StoreLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws SnapshotRefused when a process has the store open */
    static StoreLock take(Path database) throws IOException {
        FileChannel channel = FileChannel.open(
                database.resolveSibling(database.getFileName() + ".lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            if (channel.tryLock() != null) {
                return new StoreLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            // Held within this very process: the same answer.
        }
        channel.close();
        throw new SnapshotRefused(database + " is open in a running node: stop the node, then restore.");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
