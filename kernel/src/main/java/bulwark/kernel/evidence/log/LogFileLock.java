package bulwark.kernel.evidence.log;

import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One writer at a time for a log file, among the threads of this process and among processes. The lock is on a file of its own, because
 * the log may be append-only by file attribute or be replaced.
 */
final class LogFileLock implements AutoCloseable {
    static final Duration LOCK_TIMEOUT = Duration.ofSeconds(15);

    // The JDK refuses a second file lock in the same process instead of waiting for it.
    private static final Map<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

    private final ReentrantLock inProcess;
    private @Nullable FileChannel channel;

    private LogFileLock(ReentrantLock inProcess) {
        this.inProcess = inProcess;
    }

    /** @throws LogUnavailable when another holder does not let go within {@link #LOCK_TIMEOUT} */
    static LogFileLock of(Path log) throws LogUnavailable, IOException {
        Path file = log.resolveSibling(log.getFileName() + ".lock");
        ReentrantLock inProcess = IN_PROCESS.computeIfAbsent(file, path -> new ReentrantLock());
        long deadline = System.nanoTime() + LOCK_TIMEOUT.toNanos();
        try {
            if (!inProcess.tryLock(LOCK_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)) {
                throw busy(log);
            }
            LogFileLock lock = new LogFileLock(inProcess);
            try {
                lock.channel = OwnerOnlyFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                lock.awaitOtherProcesses(lock.channel, log, deadline);
                return lock;
            } catch (IOException | LogUnavailable | InterruptedException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailable("Interrupted while waiting for the transparency log " + log, e);
        }
    }

    private void awaitOtherProcesses(FileChannel file, Path log, long deadline)
            throws IOException, LogUnavailable, InterruptedException {
        FileLock held = file.tryLock();
        while (held == null) {
            if (System.nanoTime() > deadline) {
                throw busy(log);
            }
            Thread.sleep(5);
            held = file.tryLock();
        }
    }

    private static LogUnavailable busy(Path log) {
        return new LogUnavailable(
                "Another process holds the lock of the transparency log " + log + " for over "
                        + LOCK_TIMEOUT.toSeconds() + " s",
                null);
    }

    @Override
    public void close() throws IOException {
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            inProcess.unlock();
        }
    }
}
