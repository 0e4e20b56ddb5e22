package bulwark.kernel.tls;

import java.net.URI;
import java.net.URISyntaxException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The identity in a certificate: its one URI SAN. */
public final class UriSan {
    private static final Integer URI_NAME = 6;
    private static final Set<String> WITHOUT_IDENTITY = Set.of("http", "ws", "ftp", "file", "data", "javascript");

    private UriSan() {}

    /** Empty when there is none or more than one. */
    public static Optional<String> of(X509Certificate certificate) {
        List<String> uris = all(certificate);
        return uris.size() == 1 ? Optional.of(uris.getFirst()) : Optional.empty();
    }

    /** As {@link #of}, and empty for a URI that is no name of one peer: wildcards, blanks, user, query, fragment, or a scheme without authentication. */
    static Optional<String> ofPeer(X509Certificate certificate) {
        return of(certificate).filter(UriSan::namesOnePeer);
    }

    private static boolean namesOnePeer(String text) {
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme();
            return scheme != null
                    && !text.contains("*")
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getRawUserInfo() == null
                    && (scheme.equalsIgnoreCase("urn")
                            || (uri.getHost() != null && !WITHOUT_IDENTITY.contains(scheme)));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    static List<String> all(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> URI_NAME.equals(name.getFirst()))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
        } catch (CertificateParsingException malformed) {
            return List.of();
        }
    }
}
