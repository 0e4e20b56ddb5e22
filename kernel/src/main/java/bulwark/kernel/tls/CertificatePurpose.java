package bulwark.kernel.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;

/** What a certificate may be used for (RFC 5280, sections 4.2.1.9 and 4.2.1.12). Stateless. */
public final class CertificatePurpose {
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_USE = "2.5.29.37.0";

    private CertificatePurpose() {}

    /** Whether it is that of an authority. */
    public static boolean isAuthority(X509Certificate certificate) {
        return certificate.getBasicConstraints() >= 0;
    }

    /** Whether its extended key usage lets clients use it: absent, or clientAuth among it. */
    public static boolean isForClients(X509Certificate certificate) {
        try {
            List<String> uses = certificate.getExtendedKeyUsage();
            return uses == null || uses.contains(CLIENT_AUTH) || uses.contains(ANY_USE);
        } catch (CertificateParsingException damaged) {
            return false;
        }
    }
}
