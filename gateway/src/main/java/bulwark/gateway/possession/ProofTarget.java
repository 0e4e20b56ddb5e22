package bulwark.gateway.possession;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * The URL that a proof is made for (claim {@code htu}), without query and fragment, in one spelling: scheme and host in lower case, no default port.
 *
 * @param origin scheme, host and port
 * @param path never empty
 */
record ProofTarget(String origin, String path) {
    /** Empty when it is no URL of http or https with a host. */
    static Optional<ProofTarget> parse(String url) {
        try {
            URI uri = new URI(url);
            String scheme = uri.getScheme();
            String host = uri.getHost();
            if (scheme == null || host == null || uri.getUserInfo() != null) {
                return Optional.empty();
            }
            String path = uri.getRawPath();
            return Optional.of(new ProofTarget(
                    origin(scheme.toLowerCase(Locale.ROOT), host.toLowerCase(Locale.ROOT), uri.getPort()),
                    path == null || path.isEmpty() ? "/" : path));
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static String origin(String scheme, String host, int port) {
        boolean usual = port < 0 || port == (scheme.equals("https") ? 443 : 80);
        return scheme + "://" + host + (usual ? "" : ":" + port);
    }
}
