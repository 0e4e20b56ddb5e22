package bulwark.app.up;

import java.nio.file.Path;
import java.util.List;

/**
 * What a part serves over mutual TLS on loopback, for a part that stands before others.
 *
 * @param name of the part
 * @param url {@code https}, with the port
 * @param paths that callers from outside use, each with everything below it
 * @param certificate that a client shows, PEM
 * @param privateKey of that certificate, PEM, owner-only
 * @param authority that vouches for the service, PEM
 */
public record LocalService(
        String name, String url, List<String> paths, Path certificate, Path privateKey, Path authority) {
    public LocalService {
        paths = List.copyOf(paths);
    }
}
