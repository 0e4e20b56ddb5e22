package bulwark.web;

import bulwark.kernel.access.Principal;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.process.AcceptedDescriptors;
import bulwark.kernel.process.ConfinedStart;
import bulwark.kernel.process.PeerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/1.1 over a Unix socket for the owner of the process: mode 0600, peer credentials checked against our own user. One
 * request for each connection, on JDK channels and virtual threads (so {@code curl --unix-socket} works too). Bounds: {@link Limits}, head 16 KiB,
 * 10 s to send the request and 10 s to take the answer; a handler may take as long as it likes.
 */
public final class LocalSocket implements AutoCloseable {
    /** Who calls over the socket; holds every permission that the served routes declare. */
    public static final String OWNER = "local:owner";

    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);
    private static final int DRAIN_SECONDS = 5;
    private static final int SLOT_TIMEOUT_MILLIS = 500;
    private static final Logger LOG = LoggerFactory.getLogger(LocalSocket.class);

    private final UnixSocketFile address;
    private final ServerSocketChannel server;
    private final UserPrincipal owner;
    private final LocalExchange.SharedState served;
    private final Semaphore free;
    /** Null when nobody looks at the processes of callers. */
    private final @Nullable AcceptedDescriptors descriptors;

    private final AtomicBoolean closed = new AtomicBoolean();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    /**
     * How much a socket takes at once.
     *
     * @param connections beyond these, callers wait half a second for room and are then turned away
     * @param body bytes of one request's body
     */
    public record Limits(int connections, int body) {
        public static final Limits DEFAULT = new Limits(32, 1 << 20);
    }

    LocalSocket(UnixSocketFile address, ServerSocketChannel server, LocalExchange.SharedState served)
            throws IOException {
        this.address = address;
        this.server = server;
        this.served = served;
        this.free = new Semaphore(served.limits().connections());
        this.owner = Files.getOwner(address.path());
        this.descriptors = served.guard() == null
                ? null
                : new AcceptedDescriptors(((UnixDomainSocketAddress) server.getLocalAddress()).getPath());
    }

    /**
     * Serves the owner routes (and the rest of the service's routes, as the owner). A stale socket file is replaced; a live one refuses.
     *
     * @param socket at most 100 bytes as text; its folder is made (0700) when it is missing
     * @throws UncheckedIOException with a sentence when the socket cannot be had
     */
    public static LocalSocket listen(Path socket, List<Route> routes, Service.Errors errors) {
        return listen(socket, routes, errors, Limits.DEFAULT);
    }

    /** As {@link #listen(Path, List, Service.Errors)}, with other limits. */
    public static LocalSocket listen(Path socket, List<Route> routes, Service.Errors errors, Limits limits) {
        return listen(socket, routes, errors, limits, null);
    }

    /** As {@link #listen(Path, List, Service.Errors)}, with other limits and a guard that looks at each caller's process. */
    public static LocalSocket listen(
            Path socket, List<Route> routes, Service.Errors errors, Limits limits, @Nullable LocalGuard guard) {
        try {
            UnixSocketFile address = UnixSocketFile.of(socket);
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                address.bind(server, limits.connections());
                return new LocalSocket(
                                address,
                                server,
                                new LocalExchange.SharedState(
                                        Router.of(routes),
                                        errors,
                                        new AuthenticatorChain(List.of(new OwnerAuthenticator(owner(routes)))),
                                        new RequestIds(),
                                        limits,
                                        ConfinedStart.isLinux() ? guard : null))
                        .start();
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private static Principal owner(List<Route> routes) {
        Set<String> permissions = routes.stream()
                .map(Route::access)
                .filter(Route.Access.Permission.class::isInstance)
                .map(access -> ((Route.Access.Permission) access).name())
                .collect(Collectors.toUnmodifiableSet());
        return new Principal(OWNER, "default", permissions, null);
    }

    LocalSocket start() {
        // On a thread of the platform: the poller of virtual threads stays in native code, for which the JVM waits 300
        // ms when a command ends.
        EssentialThread.platform("local-socket", this::accept).start();
        return this;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                accepted(server.accept());
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException e) {
                LOG.error("The local socket cannot accept: {}", e.getMessage());
                pause();
            }
        }
    }

    private void accepted(SocketChannel channel) throws IOException {
        open.add(channel);
        // Here, so that the first caller gets a slot first.
        boolean room = free.tryAcquire();
        try {
            Optional<PeerProcess> peer = peer();
            Thread.ofVirtual().start(() -> serve(channel, peer, room));
        } catch (RuntimeException | Error e) {
            open.remove(channel);
            if (room) {
                free.release();
            }
            channel.close();
            throw e;
        }
    }

    private Optional<PeerProcess> peer() {
        try {
            OptionalInt descriptor = descriptors == null ? OptionalInt.empty() : descriptors.newest();
            return descriptor.isEmpty() ? Optional.empty() : PeerProcess.ofDescriptor(descriptor.getAsInt());
        } catch (RuntimeException e) {
            LOG.warn("It cannot be told who calls on the local socket: {}", e.toString());
            return Optional.empty();
        }
    }

    // Out of file descriptors, say: without a pause the loop would spin until some are free.
    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(SocketChannel channel, Optional<PeerProcess> peer, boolean roomAtOnce) {
        boolean room = roomAtOnce;
        try (channel) {
            // A caller has its answer a moment before its slot is free: who calls again at once is not one too many.
            room = room || free.tryAcquire(SLOT_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
            if (!room) {
                LOG.warn(
                        "The local socket has {} connections and refused one more",
                        served.limits().connections());
            } else if (isOwner(channel)) {
                new LocalExchange(served, channel, peer).run();
            }
        } catch (IOException e) {
            LOG.debug("A caller on the local socket went away: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("A request on the local socket failed", e);
        } finally {
            open.remove(channel);
            if (room) {
                free.release();
            }
        }
    }

    private boolean isOwner(SocketChannel channel) throws IOException {
        UserPrincipal peer =
                channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        if (peer.equals(owner)) {
            return true;
        }
        LOG.warn("User {} is not the owner {} of this process and was turned away from the local socket", peer, owner);
        return false;
    }

    /**
     * Client side; waits up to 60 s for the answer.
     *
     * @param jsonBody empty for none
     * @throws UncheckedIOException when nobody listens, or when the answer does not come or is cut off; with a sentence
     */
    public static Response call(Path socket, String method, String target, byte[] jsonBody) {
        return call(socket, method, target, jsonBody, CALL_TIMEOUT);
    }

    /** As {@link #call(Path, String, String, byte[])}, waiting for the answer as long as told. */
    public static Response call(Path socket, String method, String target, byte[] jsonBody, Duration patience) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            UnixSocketFile.checkLength(socket);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
            } catch (IOException e) {
                throw new IOException("nobody listens at " + socket + " (" + e.getMessage() + ")", e);
            }
            return new LocalHttpClient(channel, patience).exchange(method, target, jsonBody);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /** Waits up to 5 s for requests under way, then ends them. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            address.deleteIfOurs();
            server.close();
            if (!free.tryAcquire(served.limits().connections(), DRAIN_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("Requests on the local socket did not end within {} s and were cut off", DRAIN_SECONDS);
            }
            for (SocketChannel channel : open) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.warn("The local socket could not be closed properly: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
