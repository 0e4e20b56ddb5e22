package bulwark.web;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * One client connection and the one deadline that it is under: head, body, unread answer, idleness or lingering. Touched by its
 * event loop only, except {@link #run}.
 */
final class Connection {
    /** How long, and for how many bytes, a client that is still sending may read its refusal before the close. */
    private static final long LINGER_SECONDS = 2;

    private static final long LINGER_BYTES = 64L << 20;
    private static final long NEVER = Long.MAX_VALUE;

    private final HttpServerConnection http;
    private final Channel channel;
    private final Service.Limits limits;
    private final String remote;
    private final List<X509Certificate> peerChain;

    private @Nullable Exchange exchange;
    private long headBeganAt;
    private boolean headPending;
    /** When it became idle, or {@link #NEVER} while it has a request; read by other threads. */
    private volatile long idleSince = System.nanoTime();

    private volatile boolean displaced;
    private boolean bodyMalformed;
    private boolean closed;
    private long discarded;
    private long deadline = NEVER;
    private String waitingFor = "";
    private String acceptedHost = "";

    Connection(HttpServerConnection http, Service.Limits limits) {
        this.http = http;
        this.channel = http.channelHandlerContext().channel();
        this.limits = limits;
        SocketAddress address = http.remoteAddress();
        String host = address == null ? null : address.hostAddress();
        this.remote = host == null ? "unknown" : host;
        this.peerChain = peerChain(http);
        awaitFromPeer("headers", limits.headerSeconds());
    }

    private static List<X509Certificate> peerChain(HttpServerConnection http) {
        if (!http.isSsl()) {
            return List.of();
        }
        try {
            return List.copyOf(http.peerCertificates().stream()
                    .filter((Certificate c) -> c instanceof X509Certificate)
                    .map(c -> (X509Certificate) c)
                    .toList());
        } catch (SSLPeerUnverifiedException e) {
            return List.of();
        }
    }

    String remote() {
        return remote;
    }

    /** The client's certificates, its own first; empty on a plaintext listener. */
    List<X509Certificate> peerChain() {
        return peerChain;
    }

    boolean closed() {
        return closed;
    }

    /** Whether this very Host value passed on this connection before. */
    boolean acceptedHost(String host) {
        return acceptedHost.equals(host);
    }

    void acceptHost(String host) {
        acceptedHost = host;
    }

    /** Runs the action on the connection's event loop; from any thread. */
    void run(Runnable action) {
        channel.eventLoop().execute(action);
    }

    void headBegins() {
        if (!headPending) {
            headPending = true;
            headBeganAt = System.nanoTime();
            if (exchange == null && !waitingFor.equals("headers")) {
                awaitFromPeer("headers", limits.headerSeconds());
            }
        }
    }

    void headEnds() {
        headPending = false;
    }

    /** A chunk, length or trailer made no sense: what follows on this connection cannot be understood. */
    void bodyMalformed() {
        bodyMalformed = true;
        if (exchange != null) {
            exchange.bodyMalformed();
        }
    }

    boolean hasMalformedBody() {
        return bodyMalformed;
    }

    void discarded(int bytes) {
        discarded += bytes;
        if (discarded > LINGER_BYTES) {
            close();
        }
    }

    void began(Exchange next) {
        exchange = next;
        idleSince = NEVER;
        awaitNothing();
    }

    void awaitBody() {
        awaitFromPeer("body", limits.bodySeconds());
    }

    void awaitReader() {
        awaitFromPeer("reader", limits.bodySeconds());
    }

    void awaitNothing() {
        deadline = NEVER;
    }

    /**
     * Says that no more answers follow, and reads on for a while: closing at once with unread bytes would reset the connection and take
     * the refusal from a client that is still sending.
     */
    void linger() {
        if (!http.isSsl() && channel instanceof DuplexChannel duplex) {
            duplex.shutdownOutput();
        }
        awaitFromPeer("linger", LINGER_SECONDS);
    }

    /** The answer is out and the request was read to its end. */
    void exchangeDone() {
        exchange = null;
        idleSince = System.nanoTime();
        if (headPending) {
            waitingFor = "headers";
            deadline = headBeganAt + TimeUnit.SECONDS.toNanos(limits.headerSeconds());
        } else {
            awaitFromPeer("idle", limits.keepAliveSeconds());
        }
    }

    /** What was waited for in vain, or null while there is time. */
    @Nullable
    String timedOutWaitingFor(long now) {
        return deadline == NEVER || now - deadline < 0 ? null : waitingFor;
    }

    /** How long it has had no request, or -1 when it has one or makes room already; from any thread. */
    long idleNanos(long now) {
        long since = idleSince;
        return since == NEVER || displaced ? -1 : Math.max(0, now - since);
    }

    /** Closes it, unless a request has come meanwhile, to make room for another; from any thread. @return false when it makes room already */
    boolean displace() {
        if (displaced) {
            return false;
        }
        displaced = true;
        run(() -> {
            displaced = false;
            closeIfIdle();
        });
        return true;
    }

    void closeIfIdle() {
        if (exchange == null) {
            close();
        }
    }

    void close() {
        http.close();
    }

    /**
     * Closes it as its deadline passed. A peer that does not read would keep an ordinary close waiting, which comes after all that was
     * written: it is closed below the pipeline, which throws away what is unread.
     */
    void timeOut() {
        if (waitingFor.equals("reader") || waitingFor.equals("linger")) {
            channel.unsafe().close(channel.newPromise());
        } else {
            close();
        }
    }

    void wasClosed() {
        closed = true;
        if (exchange != null) {
            exchange.connectionClosed();
        }
    }

    private void awaitFromPeer(String what, long seconds) {
        waitingFor = what;
        deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }
}
