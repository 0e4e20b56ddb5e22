package bulwark.kernel.tls;

import bulwark.kernel.config.ConfiguredPath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.PosixFilePermission;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PEM files (RFC 7468) with the JDK's own factories; text outside the armour is ignored. */
final class Pem {
    /** Larger than any honest chain or bundle of CAs. */
    private static final int MAX_FILE = 4 << 20;

    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");
    private static final Set<String> KEPT = Set.of("CERTIFICATE", "PRIVATE KEY", "X509 CRL");
    private static final List<String> KEY_ALGORITHMS = List.of("EdDSA", "EC", "RSA");
    private static final Set<PosixFilePermission> FOR_OTHERS =
            Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    private record Block(String label, byte[] der) {}

    private Pem() {}

    /** @throws TlsRefused with a sentence; the list is never empty */
    static List<X509Certificate> certificates(ConfiguredPath file, byte[] content) {
        List<X509Certificate> found = new ArrayList<>();
        for (Block block : blocks(file, content)) {
            if (block.label.endsWith("PRIVATE KEY")) {
                throw new TlsRefused(
                        file + " holds a private key where certificates belong; are the settings swapped?");
            }
            if (block.label.equals("CERTIFICATE")) {
                found.add(certificate(file, block.der));
            }
        }
        if (found.isEmpty()) {
            throw new TlsRefused(file + " holds no certificate; it must be PEM with -----BEGIN CERTIFICATE-----"
                    + " (DER becomes PEM by: openssl x509 -inform der -in " + file.path() + " -out " + file.path()
                    + ".pem)");
        }
        return found;
    }

    /** @throws TlsRefused with a sentence; the list is never empty */
    static List<X509CRL> revocationLists(ConfiguredPath file, byte[] content) {
        List<X509CRL> found = new ArrayList<>();
        for (Block block : blocks(file, content)) {
            if (block.label.equals("X509 CRL")) {
                found.add(revocationList(file, block.der));
            }
        }
        if (found.isEmpty()) {
            throw new TlsRefused(file + " holds no revocation list; it must be PEM with -----BEGIN X509 CRL-----"
                    + " (DER becomes PEM by: openssl crl -inform der -in " + file.path() + " -out " + file.path()
                    + ".pem)");
        }
        return found;
    }

    private static X509CRL revocationList(ConfiguredPath file, byte[] der) {
        try {
            return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
        } catch (CertificateException | CRLException damaged) {
            throw new TlsRefused(
                    file + " holds a damaged revocation list; look at it: openssl crl -noout -text -in " + file.path());
        }
    }

    /** @throws TlsRefused with a sentence */
    static PrivateKey privateKey(ConfiguredPath file, byte[] content) {
        List<Block> blocks = blocks(file, content);
        try {
            for (Block block : blocks) {
                switch (block.label) {
                    case "PRIVATE KEY" -> {
                        return decodeKey(file, block.der);
                    }
                    case "ENCRYPTED PRIVATE KEY" ->
                        throw new TlsRefused(file + " is encrypted, and no passphrase can be asked for; decrypt it: "
                                + toPkcs8(file));
                    case "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "OPENSSH PRIVATE KEY" ->
                        throw new TlsRefused(
                                file + " is a \"" + block.label + "\", not PKCS#8; convert it: " + toPkcs8(file));
                    case "CERTIFICATE" ->
                        throw new TlsRefused(
                                file + " holds a certificate where the private key belongs; are the settings swapped?");
                    default -> {
                        // EC PARAMETERS and the like may stand before the key.
                    }
                }
            }
        } finally {
            blocks.forEach(block -> Arrays.fill(block.der, (byte) 0));
        }
        throw new TlsRefused(file + " holds no private key; it must be PEM with -----BEGIN PRIVATE KEY----- (convert: "
                + toPkcs8(file) + ")");
    }

    /** @throws TlsRefused when it cannot be read or is absurdly large */
    static byte[] read(ConfiguredPath file) {
        try (var in = Files.newInputStream(file.path())) {
            byte[] content = in.readNBytes(MAX_FILE + 1);
            if (content.length > MAX_FILE) {
                throw new TlsRefused(file + " is larger than 4 MiB and cannot be TLS material; name another file");
            }
            return content;
        } catch (NoSuchFileException e) {
            throw new TlsRefused(file + " does not exist; put the file there or name another");
        } catch (IOException e) {
            throw new TlsRefused(file + " cannot be read (" + e.getMessage() + "); check owner and mode");
        }
    }

    /** A key file that every user of the machine can read (or write) is not a secret. */
    static void refuseOpenToOthers(ConfiguredPath keyFile) {
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(keyFile.path());
            if (mode.stream().anyMatch(FOR_OTHERS::contains)) {
                throw new TlsRefused("private key " + keyFile
                        + " is open to every user of this machine; run: chmod 600 " + keyFile.path());
            }
        } catch (UnsupportedOperationException notPosix) {
            // A file system without modes has nothing to check.
        } catch (IOException e) {
            throw new TlsRefused(keyFile + " cannot be read (" + e.getMessage() + "); check owner and mode");
        }
    }

    private static String toPkcs8(ConfiguredPath file) {
        return "openssl pkcs8 -topk8 -nocrypt -in " + file.path() + " -out " + file.path() + ".pkcs8";
    }

    private static PrivateKey decodeKey(ConfiguredPath file, byte[] der) {
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
        for (String algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException otherAlgorithm) {
                continue;
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has " + algorithm, e);
            }
        }
        throw new TlsRefused(
                file + " is damaged or no Ed25519, EC or RSA key; make one: openssl genpkey -algorithm ed25519 -out "
                        + file.path());
    }

    private static X509Certificate certificate(ConfiguredPath file, byte[] der) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException damaged) {
            throw new TlsRefused(
                    file + " holds a damaged certificate; look at it: openssl x509 -noout -text -in " + file.path());
        }
    }

    private static List<Block> blocks(ConfiguredPath file, byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        List<Block> blocks = new ArrayList<>();
        Matcher begin = BEGIN.matcher(text);
        int from = 0;
        while (begin.find(from)) {
            String label = begin.group(1);
            String endMark = "-----END " + label + "-----";
            int end = text.indexOf(endMark, begin.end());
            if (end < 0) {
                throw new TlsRefused(file + " is cut off: " + endMark + " is missing; put the whole file there");
            }
            blocks.add(new Block(label, decode(file, label, text.substring(begin.end(), end))));
            from = end + endMark.length();
        }
        return blocks;
    }

    private static byte[] decode(ConfiguredPath file, String label, String body) {
        if (!KEPT.contains(label)) {
            return new byte[0];
        }
        try {
            return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw new TlsRefused(
                    file + " is damaged: the text of \"" + label + "\" is not base64; put the file there again");
        }
    }
}
