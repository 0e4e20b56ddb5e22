package bulwark.web;

import bulwark.kernel.tls.PeerIdentity;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request shows before its body is read. Immutable.
 *
 * @param path raw, without the query
 * @param remote address of the peer without the port, or {@code local}
 * @param peer who the peer is by its client certificate; null without one
 * @param fromOwner the operating system says that the peer is the user of this process, over the local socket
 */
public record AuthenticationRequest(
        String method,
        String path,
        Headers headers,
        String remote,
        boolean tls,
        @Nullable PeerIdentity peer,
        boolean fromOwner) {
    private static final String BEARER = "Bearer ";

    public Cookies cookies() {
        return Cookies.of(headers);
    }

    /**
     * The token of the one {@code Authorization} header (RFC 6750); empty without the header or with a blank one, an empty token when it has
     * another scheme or nothing behind the scheme.
     */
    public Optional<String> bearer() {
        return headers.first("Authorization").filter(text -> !text.isBlank()).map(AuthenticationRequest::token);
    }

    private static String token(String authorization) {
        return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? authorization.substring(BEARER.length()).strip()
                : "";
    }
}
