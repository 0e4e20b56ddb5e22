package bulwark.kernel.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The process at the other end of a Unix socket.
 *
 * @param confined it, or a process that it descends from, was marked with {@code no_new_privs}
 */
public record PeerProcess(long pid, boolean confined) {
    private static final Path SELF = Path.of("/proc/self");

    /** Empty when the process is gone, in another PID namespace, or cannot be examined: then nobody vouches for it. */
    public static Optional<PeerProcess> ofDescriptor(int descriptor) {
        OptionalLong pid = LinuxCalls.peerPid(descriptor);
        return pid.isEmpty() ? Optional.empty() : read(pid.getAsLong());
    }

    /** Whether this process bears the mark itself, as in a container that gives it to everybody: it tells nobody apart then. */
    public static boolean weAreConfined() {
        return confined(SELF).orElse(false);
    }

    static Optional<PeerProcess> read(long pid) {
        return confined(Path.of("/proc", Long.toString(pid))).map(confined -> new PeerProcess(pid, confined));
    }

    private static Optional<Boolean> confined(Path process) {
        try {
            return Files.readAllLines(process.resolve("status")).stream()
                    .filter(line -> line.startsWith("NoNewPrivs:"))
                    .map(line -> !line.substring("NoNewPrivs:".length()).strip().equals("0"))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
