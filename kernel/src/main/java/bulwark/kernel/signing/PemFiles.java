package bulwark.kernel.signing;

import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** PEM as openssl writes it: one object for each file, lines of 64 characters. */
final class PemFiles {
    private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String KEY_END = "-----END PRIVATE KEY-----";

    private PemFiles() {}

    static void write(Path file, String type, byte[] der) throws IOException {
        OwnerOnlyFiles.write(file, text(type, der).getBytes(StandardCharsets.US_ASCII));
    }

    static String text(String type, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
    }

    static X509Certificate certificate(byte[] der) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509", "SUN").generateCertificate(new ByteArrayInputStream(der));
    }

    static X509Certificate certificate(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509", "SUN").generateCertificate(in);
        }
    }

    private static PrivateKey key(PKCS8EncodedKeySpec encoded) throws GeneralSecurityException {
        try {
            return KeyFactory.getInstance("Ed25519", "SunEC").generatePrivate(encoded);
        } catch (InvalidKeySpecException otherAlgorithm) {
            return KeyFactory.getInstance("EC", "SunEC").generatePrivate(encoded);
        }
    }

    static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        String pem = Files.readString(file, StandardCharsets.US_ASCII).strip();
        if (!pem.startsWith(KEY_BEGIN) || !pem.endsWith(KEY_END)) {
            throw new InvalidKeyException("no PKCS#8 key in the file");
        }
        try {
            byte[] der =
                    Base64.getMimeDecoder().decode(pem.substring(KEY_BEGIN.length(), pem.length() - KEY_END.length()));
            return key(new PKCS8EncodedKeySpec(der));
        } catch (IllegalArgumentException e) {
            throw new InvalidKeyException("the key is not base64", e);
        }
    }
}
