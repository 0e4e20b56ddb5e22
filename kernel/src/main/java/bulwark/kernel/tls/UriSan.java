package bulwark.kernel.tls;

import java.security.cert.X509Certificate;
import java.util.Optional;

/** The identity in a certificate: its one URI SAN. */
public final class UriSan {
    private UriSan() {}

    /** Empty when there is none or more than one. */
    public static Optional<String> of(X509Certificate certificate) {
        throw new UnsupportedOperationException("skeleton");
    }
}
