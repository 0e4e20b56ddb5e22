package bulwark.web;

import java.nio.file.Path;
import java.util.List;

/**
 * HTTP/1.1 over a Unix socket for the owner of the process: mode 0600, peer credentials checked against our own user. One
 * request for each connection, on JDK channels and virtual threads (so {@code curl --unix-socket} works too).
 */
public final class LocalSocket implements AutoCloseable {
    private LocalSocket() {}

    /** Serves the owner routes (and the rest of the service's routes, as the owner). A stale socket file is replaced; a live one refuses. */
    public static LocalSocket listen(Path socket, List<Route> routes, Service.Errors errors) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Client side. @throws java.io.UncheckedIOException when nobody listens */
    public static Response call(Path socket, String method, String target, byte[] jsonBody) {
        throw new UnsupportedOperationException("skeleton");
    }

    @Override
    public void close() {}
}
