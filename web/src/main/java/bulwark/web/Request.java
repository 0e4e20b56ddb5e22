package bulwark.web;

import bulwark.kernel.access.Principal;
import bulwark.kernel.tls.PeerIdentity;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One request as a handler sees it: complete body, decoded parameters, known principal. Immutable. */
public interface Request {
    String method();

    /** Raw path without the query. */
    String path();

    /** Decoded value of a template parameter of the matched route. */
    String pathParameter(String name);

    /** First value, decoded; a '+' is a space. */
    Optional<String> query(String name);

    List<String> queryAll(String name);

    /** Every name of the query, decoded. */
    default Set<String> queryNames() {
        return Set.of();
    }

    Headers headers();

    /** First value; the name in any case. */
    default Optional<String> header(String name) {
        return headers().first(name);
    }

    /** Parsed anew at each call. */
    default Cookies cookies() {
        return Cookies.of(headers());
    }

    byte[] body();

    /** @throws IllegalStateException on an open route */
    Principal principal();

    String requestId();

    boolean tls();

    /** Address of the peer without the port, or {@code local}. */
    String remote();

    /** Who the peer is by its certificate; empty on a plaintext listener and on the local socket. */
    default Optional<PeerIdentity> peer() {
        return Optional.empty();
    }

    /** What a handler that builds something large takes its bytes from, before it builds. */
    default RequestMemory memory() {
        return RequestMemory.unlimited();
    }
}
