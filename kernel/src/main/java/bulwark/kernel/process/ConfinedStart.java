package bulwark.kernel.process;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Starts programs that run other people's code, marked with {@code no_new_privs}: they gain nothing from setuid programs, and whatever descends from them bears the
 * mark, which no process can take off, also after it has left its parent and its session. {@link PeerProcess} sees it. Linux only; elsewhere a plain start.
 */
public final class ConfinedStart {
    private ConfinedStart() {}

    public static Process start(ProcessBuilder builder) throws IOException {
        if (!isLinux()) {
            return builder.start();
        }
        AtomicReference<@Nullable Process> started = new AtomicReference<>();
        AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
        // A thread of its own: the mark stays with the thread that asked for it.
        Thread thread = Thread.ofPlatform().name("confined start").start(() -> {
            try {
                if (!LinuxCalls.setNoNewPrivileges()) {
                    throw new IOException("the kernel refused no_new_privs: the program was not started");
                }
                started.set(builder.start());
            } catch (IOException | RuntimeException e) {
                failed.set(e);
            }
        });
        awaitEnd(thread);
        Process process = started.get();
        if (process == null) {
            throw new IOException("the program could not be started: " + failed.get(), failed.get());
        }
        return process;
    }

    /** Whoever is interrupted here gets the process all the same: one that nobody holds could not be ended. */
    private static void awaitEnd(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether confinement can be asked for and seen here. */
    public static boolean isLinux() {
        return System.getProperty("os.name", "").equals("Linux");
    }
}
