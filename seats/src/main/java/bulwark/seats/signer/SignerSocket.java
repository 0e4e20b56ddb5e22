package bulwark.seats.signer;

import bulwark.kernel.concurrent.EssentialThread;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way in: a Unix socket on which the system itself says which user calls. No HTTP, so that none of its libraries stands in the process of the key. One request for each connection. Thread-safe.
 */
final class SignerSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SignerSocket.class);
    private static final int MAX_CONNECTIONS = 32;
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_PATH_BYTES = 100;

    private final Path file;
    private final ServerSocketChannel server;
    private final Set<String> callers;
    private final UnaryOperator<byte[]> answer;
    private final Semaphore free = new Semaphore(MAX_CONNECTIONS);
    private final ScheduledExecutorService timeouts = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("signer-timeouts").factory());

    private SignerSocket(Path file, ServerSocketChannel server, Set<String> callers, UnaryOperator<byte[]> answer) {
        this.file = file;
        this.server = server;
        this.callers = callers;
        this.answer = answer;
    }

    /**
     * @param file replaced when nobody listens there
     * @param callers names of users that may call beside the process's own
     * @param answer of each request; must not throw
     */
    static SignerSocket listen(Path file, Set<String> callers, UnaryOperator<byte[]> answer) throws IOException {
        if (file.toString().length() > MAX_PATH_BYTES) {
            throw new IOException("the path of the socket has more than " + MAX_PATH_BYTES + " bytes: " + file);
        }
        if (Files.exists(file) && isLive(file)) {
            throw new IOException("another signer listens at " + file + ": stop it first");
        }
        Files.deleteIfExists(file);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(file));
        Files.setPosixFilePermissions(
                file, PosixFilePermissions.fromString(callers.isEmpty() ? "rw-------" : "rw-rw-rw-"));
        SignerSocket socket = new SignerSocket(file, server, callers, answer);
        EssentialThread.virtual("signer-socket", socket::accept).start();
        return socket;
    }

    private static boolean isLive(Path file) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(file));
        } catch (IOException e) {
            return false;
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                Thread.ofVirtual().name("signer-request").start(() -> serve(channel));
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException e) {
                LOG.error("The socket of the signer cannot accept: {}", e.getMessage());
            }
        }
    }

    private void serve(SocketChannel channel) {
        boolean room = free.tryAcquire();
        try (channel) {
            if (!room || !isAllowed(channel)) {
                return;
            }
            ScheduledFuture<?> timeout =
                    timeouts.schedule(() -> close(channel), REQUEST_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            byte[] request = SignerFrames.read(channel);
            timeout.cancel(false);
            SignerFrames.write(channel, answer.apply(request));
        } catch (IOException e) {
            LOG.debug("A caller of the signer went away: {}", e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("A request to the signer failed", e);
        } finally {
            if (room) {
                free.release();
            }
        }
    }

    private boolean isAllowed(SocketChannel channel) throws IOException {
        String peer =
                channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
        if (Files.getOwner(file).getName().equals(peer) || callers.contains(peer)) {
            return true;
        }
        LOG.warn("User {} may not call the signer and was turned away", peer);
        return false;
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("A connection could not be closed: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        timeouts.shutdownNow();
        try {
            server.close();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("The socket of the signer could not be closed properly: {}", e.getMessage());
        }
    }
}
