package bulwark.web;

import bulwark.kernel.tls.ReloadingTls;
import java.time.Duration;

/** The listeners of one process on one Vert.x instance. Thread-safe. */
public final class Edge implements AutoCloseable {
    private Edge() {}

    public static Edge create() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** @return the bound port (useful with port 0) @throws EdgeFailed with a sentence, for instance "port 8000 is in use" */
    public int listenPlain(Service service, String host, int port) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Mutual TLS 1.3: a client certificate is always required; the peer is re-checked at each request. */
    public int listenTls(Service service, String host, int port, ReloadingTls tls) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Refuses new requests with {@link EdgeRefusal.Stopping}, waits for the open ones, then closes. */
    public void drain(Duration deadline) {
        throw new UnsupportedOperationException("skeleton");
    }

    @Override
    public void close() {}

    public static final class EdgeFailed extends RuntimeException {
        public EdgeFailed(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
