package bulwark.kernel.signing;

import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.KeyRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Issues X.509 certificates with keys of the authority's own kind into PEM files (keys PKCS#8, 0600), for {@code bulwark up} and for tests. Certificates start five
 * minutes early, for clocks that lag. A failure to read or write is an {@link UncheckedIOException}. Thread-safe.
 */
public final class CertificateAuthority {
    private static final Duration LIFETIME = Duration.ofDays(3650);
    private static final Duration EARLY = Duration.ofMinutes(5);

    private final Path directory;
    private final Clock clock;
    private final X509Certificate certificate;
    private final PrivateKey key;

    private CertificateAuthority(Path directory, Clock clock, X509Certificate certificate, PrivateKey key) {
        this.directory = directory;
        this.clock = clock;
        this.certificate = certificate;
        this.key = key;
    }

    /** As {@link #openOrCreate(Path, String, CertificateKey, Clock)}, of Ed25519. */
    public static CertificateAuthority openOrCreate(Path directory, String commonName, Clock clock) {
        return openOrCreate(directory, commonName, CertificateKey.ED25519, clock);
    }

    /**
     * Loads ca.crt and ca.key from the directory, or creates them (10 years). Of several certificates in ca.crt the one of the key issues.
     *
     * @param kind of a new authority; one that is there keeps its own
     *
     * @throws KeyRefused when only one of them is there, they do not belong together, or others can touch the key
     */
    public static CertificateAuthority openOrCreate(
            Path directory, String commonName, CertificateKey kind, Clock clock) {
        try {
            OwnerOnlyFiles.createDirectory(directory);
            Path certificateFile = directory.resolve("ca.crt");
            Path keyFile = directory.resolve("ca.key");
            // The certificate is written last: a lone key is the trace of a kill in between and may be replaced.
            if (!Files.exists(certificateFile)) {
                create(certificateFile, keyFile, commonName, kind, clock.instant());
            }
            OwnerOnlyFiles.check(keyFile);
            PrivateKey key = PemFiles.key(keyFile);
            return new CertificateAuthority(directory, clock, ofKey(certificateFile, key), key);
        } catch (IOException e) {
            throw new UncheckedIOException("the certificate authority in " + directory + " cannot be opened", e);
        } catch (GeneralSecurityException e) {
            throw new KeyRefused("the certificate authority in " + directory
                    + " is damaged: restore ca.crt and ca.key from one backup, or remove both to make a new one");
        }
    }

    public Path certificate() {
        return directory.resolve("ca.crt");
    }

    /**
     * Writes {@code name.crt} and {@code name.key} beside the CA, for servers and clients alike; sanUri becomes the only URI SAN;
     * dnsNames may be empty, and an IP address among them becomes an IP SAN.
     *
     * @param name a plain file name, also the common name
     */
    public void issue(String name, String sanUri, List<String> dnsNames, Duration validity) {
        issue(name, new CertificateSubject(name, sanUri, dnsNames, true, true), validity);
    }

    /**
     * Writes {@code name.crt} and {@code name.key} beside the CA.
     *
     * @param name a plain file name
     */
    public void issue(String name, CertificateSubject subject, Duration validity) {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}") || name.equals("ca")) {
            throw new IllegalArgumentException("a certificate's name is a plain file name other than ca");
        }
        try {
            KeyPair pair = CertificateFactory.newKeyPair(CertificateKey.of(key.getAlgorithm()));
            Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            var leaf = new CertificateFactory.Leaf(subject, pair.getPublic(), now.minus(EARLY), now.plus(validity));
            PemFiles.write(
                    directory.resolve(name + ".key"),
                    "PRIVATE KEY",
                    pair.getPrivate().getEncoded());
            PemFiles.write(
                    directory.resolve(name + ".crt"), "CERTIFICATE", CertificateFactory.leaf(leaf, certificate, key));
        } catch (IOException e) {
            throw new UncheckedIOException("the certificate " + name + " cannot be written to " + directory, e);
        }
    }

    /**
     * Writes {@code ca.crl} beside the CA: these of its certificates, and no others, are revoked.
     *
     * @param validity after which whoever reads the list trusts none of the CA's certificates until there is a new one
     */
    public void revoke(List<Path> certificates, Duration validity) {
        try {
            List<X509Certificate> revoked = new ArrayList<>();
            for (Path file : certificates) {
                revoked.add(PemFiles.certificate(file));
            }
            Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            PemFiles.write(
                    directory.resolve("ca.crl"),
                    "X509 CRL",
                    CertificateFactory.revocationList(certificate, key, revoked, now.minus(EARLY), now.plus(validity)));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(
                    "the revocation list of the authority in " + directory + " cannot be made", e);
        }
    }

    /**
     * From now on the folder's certificates are issued by another authority: its key takes the place of {@code ca.key} in one rename. Open the authority anew afterwards.
     *
     * @param successor folder with {@code ca.key}; its certificate stands in this folder's {@code ca.crt} already
     * @throws KeyRefused when it does not stand there
     */
    public void giveWayTo(Path successor) {
        try {
            ofKey(certificate(), PemFiles.key(successor.resolve("ca.key")));
            OwnerOnlyFiles.write(directory.resolve("ca.key"), Files.readAllBytes(successor.resolve("ca.key")));
        } catch (IOException e) {
            throw new UncheckedIOException("the authority in " + directory + " cannot be replaced", e);
        } catch (GeneralSecurityException e) {
            throw new KeyRefused(successor.resolve("ca.key") + " is no key of an authority");
        }
    }

    /** The authority's own certificate. */
    public X509Certificate x509() {
        return certificate;
    }

    /**
     * Signs for the holder of the request's key; writes nothing.
     *
     * @param validity never beyond the authority's own end
     */
    public X509Certificate sign(CertificationRequest request, CertificateSubject subject, Duration validity) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant end = now.plus(validity);
        Instant last = certificate.getNotAfter().toInstant();
        var leaf =
                new CertificateFactory.Leaf(subject, request.key(), now.minus(EARLY), end.isBefore(last) ? end : last);
        try {
            return PemFiles.certificate(CertificateFactory.leaf(leaf, certificate, key));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("the authority in " + directory + " cannot sign", e);
        }
    }

    /** A certificate of it as PEM. */
    public String pem(X509Certificate issued) {
        try {
            return PemFiles.text("CERTIFICATE", issued.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was made can be written", e);
        }
    }

    /** As {@link #revoke}, of certificates at hand; returns the list as PEM and writes nothing. */
    public String revocationList(List<X509Certificate> revoked, Duration validity) {
        try {
            Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
            return PemFiles.text(
                    "X509 CRL",
                    CertificateFactory.revocationList(certificate, key, revoked, now.minus(EARLY), now.plus(validity)));
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the revocation list of the authority in " + directory + " cannot be made", e);
        }
    }

    private static void create(
            Path certificateFile, Path keyFile, String commonName, CertificateKey kind, Instant instant)
            throws IOException {
        KeyPair pair = CertificateFactory.newKeyPair(kind);
        Instant now = instant.truncatedTo(ChronoUnit.SECONDS);
        byte[] certificate = CertificateFactory.authority(commonName, pair, now.minus(EARLY), now.plus(LIFETIME));
        PemFiles.write(keyFile, "PRIVATE KEY", pair.getPrivate().getEncoded());
        PemFiles.write(certificateFile, "CERTIFICATE", certificate);
    }

    /** While the authority is replaced the file holds the former one too: the key says which of them issues. */
    private static X509Certificate ofKey(Path certificateFile, PrivateKey key)
            throws IOException, GeneralSecurityException {
        return new AuthorityBundle(certificateFile)
                .read().stream()
                        .filter(each -> KeyPairs.belongTogether(key, each.getPublicKey()))
                        .findFirst()
                        .orElseThrow(() -> new KeyRefused("ca.key does not belong to ca.crt in "
                                + certificateFile.getParent() + ": restore both from one backup"));
    }
}
