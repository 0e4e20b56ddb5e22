package bulwark.kernel.tls;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.signing.KeyPairs;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One consistent state of the files. Immutable.
 *
 * @param alias unique per load, so that a handshake under way never mixes key and certificate of two loads
 * @param chain leaf first
 * @param revoked null where nobody publishes revocation lists
 */
record TlsMaterial(
        String alias,
        List<X509Certificate> chain,
        PrivateKey key,
        List<TrustedAuthority> authorities,
        @Nullable RevocationLists revoked) {

    private static final ConfiguredPath ADDED = ConfiguredPath.unnamed(java.nio.file.Path.of("added-authorities"));

    /** @throws TlsRefused when anything about it is not fit for use now */
    static TlsMaterial load(String alias, TlsFiles files, TlsPolicy policy, Clock clock) {
        ConfiguredPath bundle = files.caBundle();
        if (bundle == null) {
            return identity(alias, files.certificate(), files.privateKey(), clock);
        }
        byte[] keyText = Pem.read(files.privateKey());
        try {
            return load(
                    alias,
                    files,
                    bundle,
                    policy,
                    clock,
                    Pem.certificates(files.certificate(), Pem.read(files.certificate())),
                    Pem.privateKey(files.privateKey(), keyText));
        } finally {
            java.util.Arrays.fill(keyText, (byte) 0);
        }
    }

    private static TlsMaterial load(
            String alias,
            TlsFiles files,
            ConfiguredPath bundle,
            TlsPolicy policy,
            Clock clock,
            List<X509Certificate> chain,
            PrivateKey key) {
        checkIdentity(files.certificate(), files.privateKey(), clock, chain, key);
        X509Certificate leaf = chain.getFirst();
        if (policy.peerName() == TlsPolicy.PeerName.ONE_URI && UriSan.of(leaf).isEmpty()) {
            throw new TlsRefused("certificate " + files.certificate()
                    + " must carry exactly one URI SAN as its identity, and carries "
                    + UriSan.all(leaf).size() + "; issue it with: subjectAltName=URI:<entity uri>");
        }
        List<TrustedAuthority> authorities = authorities(bundle, clock.instant());
        ConfiguredPath lists = files.revocationLists();
        return new TlsMaterial(
                alias,
                List.copyOf(chain),
                key,
                authorities,
                lists == null ? null : RevocationLists.load(lists, authorities, clock.instant()));
    }

    /** Certificate and key alone, without a look at the names in it: for peers that judge it their own way. */
    static TlsMaterial identity(String alias, ConfiguredPath certificate, ConfiguredPath privateKey, Clock clock) {
        byte[] keyText = Pem.read(privateKey);
        try {
            List<X509Certificate> chain = Pem.certificates(certificate, Pem.read(certificate));
            PrivateKey key = Pem.privateKey(privateKey, keyText);
            checkIdentity(certificate, privateKey, clock, chain, key);
            return new TlsMaterial(alias, List.copyOf(chain), key, List.of(), null);
        } finally {
            java.util.Arrays.fill(keyText, (byte) 0);
        }
    }

    /** The identity of another material, with authorities that no file names and no list speaks of. */
    static TlsMaterial ofAuthorities(Collection<X509Certificate> authorities, TlsMaterial identity) {
        List<TrustedAuthority> trusted = authorities.stream()
                .distinct()
                .map(authority -> {
                    if (authority.getBasicConstraints() < 0) {
                        throw new IllegalArgumentException("no authority: " + authority.getSubjectX500Principal());
                    }
                    return TrustedAuthority.of(authority, ADDED);
                })
                .toList();
        return new TlsMaterial(identity.alias(), identity.chain(), identity.key(), trusted, null);
    }

    private static void checkIdentity(
            ConfiguredPath certificate,
            ConfiguredPath privateKey,
            Clock clock,
            List<X509Certificate> chain,
            PrivateKey key) {
        Pem.refuseOpenToOthers(privateKey);
        X509Certificate leaf = chain.getFirst();
        Instant now = clock.instant();
        if (now.isAfter(leaf.getNotAfter().toInstant())) {
            throw new TlsRefused("certificate " + certificate + " expired at "
                    + leaf.getNotAfter().toInstant() + "; issue a new one");
        }
        if (now.isBefore(leaf.getNotBefore().toInstant())) {
            throw new TlsRefused("certificate " + certificate + " is not valid before "
                    + leaf.getNotBefore().toInstant() + "; check the clocks of this machine and of the issuer");
        }
        if (!KeyPairs.belongTogether(key, leaf.getPublicKey())) {
            throw new TlsRefused("private key " + privateKey + " does not match certificate " + certificate
                    + "; replace both together");
        }
    }

    static List<TrustedAuthority> authorities(ConfiguredPath bundle, Instant now) {
        List<X509Certificate> authorities = Pem.certificates(bundle, Pem.read(bundle));
        for (X509Certificate authority : authorities) {
            if (authority.getBasicConstraints() < 0) {
                throw new TlsRefused("CA bundle " + bundle + " holds a certificate that is not a CA ("
                        + authority.getSubjectX500Principal() + "); keep only certificates with CA:TRUE in it");
            }
        }
        if (authorities.stream().allMatch(authority -> authority.getNotAfter().before(Date.from(now)))) {
            throw new TlsRefused("every CA in " + bundle + " has expired; replace the bundle");
        }
        return authorities.stream()
                .distinct()
                .map(authority -> TrustedAuthority.of(authority, bundle))
                .toList();
    }

    /** SHA-256 of the leaf's DER, hex. */
    String fingerprint() {
        return TrustedAuthority.fingerprint(chain.getFirst());
    }

    Instant expires() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    @Override
    public String toString() {
        return "Material[" + fingerprint() + "]";
    }
}
