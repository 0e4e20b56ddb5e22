package bulwark.doctor.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;

/**
 * A certificate and its private key, to be shown to a server that may refuse it.
 *
 * @param key Ed25519
 */
public record ShownIdentity(X509Certificate certificate, PrivateKey key) {
    /** @throws IOException when they cannot be read */
    public static ShownIdentity read(Path certificate, Path privateKey) throws IOException {
        try {
            String pem =
                    Files.readString(privateKey, StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----|\\s", "");
            PrivateKey key = KeyFactory.getInstance("EdDSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
            return new ShownIdentity(certificates(certificate).iterator().next(), key);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(privateKey + " holds no Ed25519 key in PKCS#8 form: start ./bulwark up again", e);
        }
    }

    /** All certificates of a PEM file; one at least. */
    public static Collection<X509Certificate> certificates(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<X509Certificate> all = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (all.isEmpty()) {
                throw new IOException(file + " holds no certificate");
            }
            return all;
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds no certificate that can be read", e);
        }
    }

    /** SHA-256 of the encoded certificate, hexadecimal. */
    public static String fingerprint(X509Certificate certificate) {
        try {
            return bulwark.kernel.signing.Digests.sha256Hex(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was read has a form", e);
        }
    }
}
