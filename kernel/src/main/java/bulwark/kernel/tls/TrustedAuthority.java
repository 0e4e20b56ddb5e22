package bulwark.kernel.tls;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.signing.Digests;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;

/**
 * One CA of the bundle. The JDK takes only name and key from a trust anchor, so constraints on names that stand in the CA itself
 * are checked here: the CA is put into the path as if it were one certificate further from the anchor.
 *
 * @param fingerprint SHA-256 of its DER, hex
 */
record TrustedAuthority(TrustAnchor anchor, String fingerprint) {
    private static final String NAME_CONSTRAINTS = "2.5.29.30";

    /** @throws TlsRefused when its constraints on names could not be honoured */
    static TrustedAuthority of(X509Certificate certificate, ConfiguredPath bundle) {
        TrustedAuthority authority = new TrustedAuthority(new TrustAnchor(certificate, null), fingerprint(certificate));
        if (authority.constrained()
                && !certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal())) {
            throw new TlsRefused("CA bundle " + bundle + " holds a CA with name constraints that is not self-signed ("
                    + certificate.getSubjectX500Principal() + "); put the root that issued it in the bundle instead");
        }
        return authority;
    }

    X509Certificate certificate() {
        return anchor.getTrustedCert();
    }

    String subject() {
        return certificate().getSubjectX500Principal().getName();
    }

    /** An expired CA vouches for nobody, although path validation itself never looks at the dates of an anchor. */
    boolean validAt(Instant now) {
        return !now.isAfter(certificate().getNotAfter().toInstant())
                && !now.isBefore(certificate().getNotBefore().toInstant());
    }

    private boolean constrained() {
        return certificate().getExtensionValue(NAME_CONSTRAINTS) != null;
    }

    /** @throws CertificateException when a name in the chain is one that the CA itself excludes */
    void checkNames(X509Certificate[] chain, Instant now) throws CertificateException {
        if (!constrained()) {
            return;
        }
        List<X509Certificate> path = new ArrayList<>();
        for (X509Certificate each : chain) {
            if (!each.equals(certificate())) {
                path.add(each);
            }
        }
        path.add(certificate());
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(
                    certificate().getSubjectX500Principal(), certificate().getPublicKey(), null)));
            parameters.setDate(Date.from(now));
            parameters.setRevocationEnabled(false);
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        } catch (GeneralSecurityException e) {
            throw new CertificateException("outside of the names that its CA may vouch for: " + e.getMessage(), e);
        }
    }

    static String fingerprint(X509Certificate certificate) {
        try {
            return Digests.sha256Hex(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a parsed certificate has an encoding", e);
        }
    }
}
