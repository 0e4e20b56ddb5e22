package bulwark.kernel.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The identity in a certificate: its one URI SAN. */
public final class UriSan {
    private static final Integer URI_NAME = 6;

    private UriSan() {}

    /** Empty when there is none or more than one. */
    public static Optional<String> of(X509Certificate certificate) {
        List<String> uris = all(certificate);
        return uris.size() == 1 ? Optional.of(uris.getFirst()) : Optional.empty();
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
