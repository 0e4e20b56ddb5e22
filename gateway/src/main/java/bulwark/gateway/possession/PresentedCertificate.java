package bulwark.gateway.possession;

import bulwark.kernel.signing.Digests;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The client certificate of a call. Immutable.
 *
 * @param fingerprint SHA-256 of its DER, 64 lower-case hex digits
 * @param subject distinguished name (RFC 2253)
 * @param notBefore null when a proxy did not pass it; the proxy has checked it then
 */
record PresentedCertificate(
        String fingerprint,
        String subject,
        String issuer,
        @Nullable Instant notBefore,
        @Nullable Instant notAfter) {
    static PresentedCertificate of(X509Certificate certificate) {
        try {
            return new PresentedCertificate(
                    HexFormat.of().formatHex(Digests.sha256(certificate.getEncoded())),
                    certificate.getSubjectX500Principal().getName(),
                    certificate.getIssuerX500Principal().getName(),
                    certificate.getNotBefore().toInstant(),
                    certificate.getNotAfter().toInstant());
        } catch (CertificateEncodingException e) {
            throw new MtlsRefused(MtlsFault.MTLS_CERT_INVALID, "the client certificate has no encoding");
        }
    }
}
