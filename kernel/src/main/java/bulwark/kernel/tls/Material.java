package bulwark.kernel.tls;

import bulwark.kernel.signing.Digests;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One consistent state of the three files. Immutable.
 *
 * @param alias unique per load, so that a handshake under way never mixes key and certificate of two loads
 * @param chain leaf first
 */
record Material(String alias, List<X509Certificate> chain, PrivateKey key, Set<TrustAnchor> anchors) {

    /** @throws TlsRefused when anything about it is not fit for use now */
    static Material load(String alias, TlsFiles files, Clock clock) {
        byte[] keyText = Pem.read(files.privateKey());
        try {
            return load(
                    alias,
                    files,
                    clock,
                    Pem.certificates(files.certificate(), Pem.read(files.certificate())),
                    Pem.privateKey(files.privateKey(), keyText));
        } finally {
            java.util.Arrays.fill(keyText, (byte) 0);
        }
    }

    private static Material load(
            String alias, TlsFiles files, Clock clock, List<X509Certificate> chain, PrivateKey key) {
        Pem.refuseOpenToOthers(files.privateKey());
        X509Certificate leaf = chain.getFirst();
        Instant now = clock.instant();
        if (now.isAfter(leaf.getNotAfter().toInstant())) {
            throw new TlsRefused("certificate " + files.certificate() + " expired at "
                    + leaf.getNotAfter().toInstant() + "; issue a new one");
        }
        if (now.isBefore(leaf.getNotBefore().toInstant())) {
            throw new TlsRefused("certificate " + files.certificate() + " is not valid before "
                    + leaf.getNotBefore().toInstant() + "; check the clocks of this machine and of the issuer");
        }
        if (UriSan.of(leaf).isEmpty()) {
            throw new TlsRefused("certificate " + files.certificate()
                    + " must carry exactly one URI SAN as its identity, and carries "
                    + UriSan.all(leaf).size() + "; issue it with: subjectAltName=URI:<entity uri>");
        }
        if (!Pem.belongTogether(key, leaf)) {
            throw new TlsRefused("private key " + files.privateKey() + " does not match certificate "
                    + files.certificate() + "; replace both together");
        }
        return new Material(alias, List.copyOf(chain), key, anchors(files, now));
    }

    private static Set<TrustAnchor> anchors(TlsFiles files, Instant now) {
        List<X509Certificate> authorities = Pem.certificates(files.caBundle(), Pem.read(files.caBundle()));
        for (X509Certificate authority : authorities) {
            if (authority.getBasicConstraints() < 0) {
                throw new TlsRefused("CA bundle " + files.caBundle() + " holds a certificate that is not a CA ("
                        + authority.getSubjectX500Principal() + "); keep only certificates with CA:TRUE in it");
            }
        }
        if (authorities.stream().allMatch(authority -> authority.getNotAfter().before(Date.from(now)))) {
            throw new TlsRefused("every CA in " + files.caBundle() + " has expired; replace the bundle");
        }
        return authorities.stream()
                .map(authority -> new TrustAnchor(authority, null))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** An expired CA vouches for nobody, although path validation itself never looks at the dates of an anchor. */
    Set<TrustAnchor> anchorsValidAt(Instant now) {
        Date date = Date.from(now);
        return anchors.stream()
                .filter(anchor -> !anchor.getTrustedCert().getNotAfter().before(date)
                        && !anchor.getTrustedCert().getNotBefore().after(date))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** SHA-256 of the leaf's DER, hex. */
    String fingerprint() {
        try {
            return Digests.sha256Hex(chain.getFirst().getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a parsed certificate has an encoding", e);
        }
    }

    Instant expires() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    @Override
    public String toString() {
        return "Material[" + fingerprint() + "]";
    }
}
