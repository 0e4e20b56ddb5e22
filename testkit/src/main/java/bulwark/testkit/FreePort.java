package bulwark.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Ports on loopback that nothing listens on. */
public final class FreePort {
    /** Below the ports that the system gives to clients, so that no connection takes one meanwhile. */
    private static final int FIRST_BASE = 20_000;

    private static final int BASES = 12;
    private static final int PORTS_OF_A_BASE = 1_000;

    private FreePort() {}

    /** One that was free a moment ago; another process may take it before the caller does. */
    public static int next() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first of 1,000 ports that no other process of tests uses, for {@code up --port-base}; the same at each call. */
    public static int base() {
        return Base.CLAIMED.first;
    }

    /** @param lock held for as long as this process lives */
    private record Base(int first, FileLock lock) {
        static final Base CLAIMED = claim();

        private static Base claim() {
            for (int i = 0; i < BASES; i++) {
                int first = FIRST_BASE + i * PORTS_OF_A_BASE;
                FileLock lock = tryLock(Path.of(System.getProperty("java.io.tmpdir"), "bulwark-test-ports-" + first));
                if (lock != null) {
                    return new Base(first, lock);
                }
            }
            throw new IllegalStateException("no base of ports is free: " + BASES + " processes of tests use them");
        }

        private static @Nullable FileLock tryLock(Path file) {
            try {
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock();
                if (lock == null) {
                    channel.close();
                }
                return lock;
            } catch (AccessDeniedException otherUser) {
                return null;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
