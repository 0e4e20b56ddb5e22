package bulwark.gateway.control.authority;

import bulwark.kernel.signing.Digests;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Certificates as PEM, and what they say. Stateless. */
final class CertificateText {
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final int MAX_LENGTH = 16 << 10;

    private CertificateText() {}

    /** The one certificate of the text; empty when it holds none that can be read. */
    static Optional<X509Certificate> parse(String pem) {
        if (pem.length() > MAX_LENGTH || !pem.strip().startsWith(BEGIN)) {
            return Optional.empty();
        }
        try {
            return Optional.of((X509Certificate) java.security.cert.CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
        } catch (GeneralSecurityException | RuntimeException e) {
            return Optional.empty();
        }
    }

    static String fingerprint(X509Certificate certificate) {
        try {
            return Digests.sha256Hex(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    static String serial(X509Certificate certificate) {
        return certificate.getSerialNumber().toString(16);
    }

    /** What a certificate says of itself. */
    static Map<String, Object> members(X509Certificate certificate) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("serial", serial(certificate));
        members.put("fingerprint", fingerprint(certificate));
        members.put("subject", certificate.getSubjectX500Principal().getName());
        members.put("issuer", certificate.getIssuerX500Principal().getName());
        members.put("not_before", certificate.getNotBefore().toInstant().toString());
        members.put("not_after", certificate.getNotAfter().toInstant().toString());
        return members;
    }

    /** Whether the holder of the authority's key signed it. */
    static boolean isSignedBy(X509Certificate certificate, X509Certificate authority) {
        try {
            certificate.verify(authority.getPublicKey());
            return certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal());
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }
}
