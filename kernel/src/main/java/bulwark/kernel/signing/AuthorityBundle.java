package bulwark.kernel.signing;

import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * The authorities that verifiers trust, in one PEM file. A change replaces the file as a whole, and is synced when it returns.
 *
 * @param file with one certificate at least
 */
public record AuthorityBundle(Path file) {
    /** In the order of the file. @throws IOException when it is absent or holds something else */
    public List<X509Certificate> certificates() throws IOException {
        try {
            return read();
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds something that is no certificate", e);
        }
    }

    List<X509Certificate> read() throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> all = CertificateFactory.getInstance("X.509", "SUN").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (all.isEmpty()) {
                throw new CertificateException("no certificate");
            }
            return all;
        }
    }

    /** At the end; one that is there already changes nothing. */
    public void add(X509Certificate authority) throws IOException {
        List<X509Certificate> all = new ArrayList<>(certificates());
        if (!all.contains(authority)) {
            all.add(authority);
            write(all);
        }
    }

    /**
     * One that is not there changes nothing.
     *
     * @throws IOException when no other is left: nobody would be trusted
     */
    public void remove(X509Certificate authority) throws IOException {
        List<X509Certificate> all = new ArrayList<>(certificates());
        if (all.remove(authority)) {
            if (all.isEmpty()) {
                throw new IOException(file + " would hold no authority any more");
            }
            write(all);
        }
    }

    private void write(List<X509Certificate> all) throws IOException {
        StringBuilder pem = new StringBuilder();
        try {
            for (X509Certificate each : all) {
                pem.append(PemFiles.text("CERTIFICATE", each.getEncoded()));
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("a certificate that was read has a form", e);
        }
        OwnerOnlyFiles.write(file, pem.toString().getBytes(StandardCharsets.US_ASCII));
    }
}
