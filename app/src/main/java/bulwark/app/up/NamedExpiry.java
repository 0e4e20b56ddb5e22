package bulwark.app.up;

import bulwark.kernel.keys.Expiry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

/** @param what for instance {@code the fact node's certificate} */
public record NamedExpiry(String what, Expiry expiry) {
    /** Of the first certificate in a PEM file. @param remedy a sentence */
    public static NamedExpiry ofCertificate(String what, Path file, String remedy) throws IOException {
        try (InputStream pem = Files.newInputStream(file)) {
            X509Certificate certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
            return new NamedExpiry(
                    what,
                    new Expiry(
                            certificate.getNotBefore().toInstant(),
                            certificate.getNotAfter().toInstant(),
                            remedy));
        } catch (CertificateException e) {
            throw new IOException(file + " is no certificate: " + e.getMessage(), e);
        }
    }
}
