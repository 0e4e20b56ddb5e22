package bulwark.kernel.storage;

import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One process, one store. The lock lies beside the database because the system drops a process's locks on a file when the
 * process closes any descriptor of that file; for the same reason a second open within the process is refused before the
 * file is touched, which is why the set of held stores is static. The lock file stays: removing it would race.
 */
public final class StoreLock implements AutoCloseable {
    /** A command that looks at a store at rest, such as {@code status}, is over by then; one that reads all of a large store may not be. */
    private static final Duration READERS_TIMEOUT = Duration.ofSeconds(10);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

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

    /** Takes the lock against other processes and leaves our process id in it; waits a moment for those that only read the store at rest. */
    void lock() throws IOException {
        Path file = fileFor(database);
        FileChannel opened =
                OwnerOnlyFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            taken = tryLockAfterReaders(opened);
            if (!taken) {
                throw inUse(
                        database,
                        Files.readString(file, StandardCharsets.US_ASCII).strip());
            }
        } finally {
            if (!taken) {
                opened.close();
            }
        }
        channel = opened;
        opened.truncate(0);
        opened.write(StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"));
    }

    /** False at once when a process has the store open: it is not waited for, so that a takeover is not held up. */
    private boolean tryLockAfterReaders(FileChannel opened) throws IOException {
        long deadline = System.nanoTime() + READERS_TIMEOUT.toNanos();
        while (opened.tryLock() == null) {
            if (!isShared(opened)) {
                return false;
            }
            if (System.nanoTime() > deadline) {
                throw new StoreInUse(database + " is still being read by another command after "
                        + READERS_TIMEOUT.toSeconds() + " seconds: repeat when that one has ended.");
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
        return true;
    }

    /** Whether all that keeps others out are readers, see {@link StoreAtRest}. */
    private static boolean isShared(FileChannel opened) throws IOException {
        FileLock shared = opened.tryLock(0, Long.MAX_VALUE, true);
        if (shared == null) {
            return false;
        }
        shared.release();
        return true;
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
