package bulwark.gateway.control.authority;

import bulwark.gateway.control.schema.BodyRefused;
import bulwark.kernel.signing.KeyStrength;
import bulwark.kernel.tls.CertificatePurpose;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/** Certificates that consumers bring along: each is one that a client shows now, and no authority. Stateless. */
final class UploadedCertificate {
    private UploadedCertificate() {}

    /** @throws BodyRefused with the field and what is wrong with it */
    static X509Certificate parse(String field, String pem, Instant now) {
        if (pem.contains("PRIVATE KEY")) {
            throw refused(
                    field
                            + " holds a private key, which is known to others now: make a new key, and send its certificate alone");
        }
        if (pem.indexOf("-----BEGIN ") != pem.lastIndexOf("-----BEGIN ")) {
            throw refused(field + " must be one certificate, without those of its authorities");
        }
        X509Certificate certificate =
                CertificateText.parse(pem).orElseThrow(() -> refused(field + " must be an X.509 certificate in PEM"));
        if (CertificatePurpose.isAuthority(certificate)) {
            throw refused(field + " is the certificate of an authority; send the one that the client shows");
        }
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            throw refused(
                    field + " is not valid before " + certificate.getNotBefore().toInstant());
        }
        if (!now.isBefore(certificate.getNotAfter().toInstant())) {
            throw refused(field + " expired at " + certificate.getNotAfter().toInstant());
        }
        if (!CertificatePurpose.isForClients(certificate)) {
            throw refused(field + " is not for clients: its extended key usage must hold clientAuth");
        }
        if (!KeyStrength.isSufficient(certificate.getPublicKey())) {
            throw refused(field + " " + KeyStrength.TOO_WEAK);
        }
        return certificate;
    }

    private static BodyRefused refused(String sentence) {
        return new BodyRefused(List.of(sentence));
    }
}
