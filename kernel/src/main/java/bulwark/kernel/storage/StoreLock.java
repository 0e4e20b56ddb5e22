package bulwark.kernel.storage;

import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One process, one store. The lock lies beside the database because the system drops a process's locks on a file when the
 * process closes any descriptor of that file; for the same reason a second open within the process is refused before the
 * file is touched, which is why the set of held stores is static. The lock file stays: removing it would race.
 */
public final class StoreLock implements AutoCloseable {
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path database;
    private @Nullable FileChannel channel;

    private StoreLock(Path database) {
        this.database = database;
    }

    /**
     * Keeps every process from opening the store, until closed.
     *
     * @param database absolute and normalised
     * @throws StoreInUse when a process has it open
     */
    public static StoreLock take(Path database) throws IOException {
        StoreLock lock = claim(database);
        try {
            lock.lock();
            return lock;
        } catch (IOException | RuntimeException e) {
            lock.release();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        release();
    }

    /** Claims the store within this process; touches no file. */
    static StoreLock claim(Path database) {
        if (!HELD_HERE.add(database)) {
            throw inUse(database, Long.toString(ProcessHandle.current().pid()));
        }
        return new StoreLock(database);
    }

    static boolean isHeldHere(Path database) {
        return HELD_HERE.contains(database);
    }

    static Path fileFor(Path database) {
        return database.resolveSibling(database.getFileName() + ".lock");
    }

    /** Takes the lock against other processes and leaves our process id in it. */
    void lock() throws IOException {
        Path file = fileFor(database);
        FileChannel opened =
                OwnerOnlyFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock lock = opened.tryLock();
        if (lock == null) {
            opened.close();
            throw inUse(
                    database, Files.readString(file, StandardCharsets.US_ASCII).strip());
        }
        channel = opened;
        opened.truncate(0);
        opened.write(StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"));
    }

    void release() throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            HELD_HERE.remove(database);
        }
    }

    private static StoreInUse inUse(Path database, String process) {
        return new StoreInUse(database + " is open in process " + (process.isEmpty() ? "(unknown)" : process)
                + ": stop that process first, or let the command talk to it.");
    }
}
