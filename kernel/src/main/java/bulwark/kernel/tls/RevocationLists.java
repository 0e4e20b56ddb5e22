package bulwark.kernel.tls;

import bulwark.kernel.config.ConfiguredPath;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The CRLs (RFC 5280, section 5) of the trusted CAs. A CA whose list has ended vouches for nobody: whether a certificate is revoked is not known then. Immutable.
 */
record RevocationLists(List<X509CRL> lists) {
    /** @throws TlsRefused when a CA has no list that is its own and that holds now */
    static RevocationLists load(ConfiguredPath file, List<TrustedAuthority> authorities, Instant now) {
        List<X509CRL> lists = Pem.revocationLists(file, Pem.read(file));
        for (TrustedAuthority authority : authorities) {
            X509CRL own = lists.stream()
                    .filter(list -> issued(authority.certificate(), list))
                    .findFirst()
                    .orElseThrow(() -> new TlsRefused(file + " holds no revocation list of the CA "
                            + authority.subject() + "; add the one that it signs, even if it is empty"));
            if (!end(own).map(now::isBefore).orElse(true)) {
                throw new TlsRefused(file + " holds a revocation list of the CA " + authority.subject()
                        + " that ended at " + own.getNextUpdate().toInstant() + "; fetch the new one from the CA");
            }
        }
        return new RevocationLists(List.copyOf(lists));
    }

    private static boolean issued(X509Certificate authority, X509CRL list) {
        try {
            if (!list.getIssuerX500Principal().equals(authority.getSubjectX500Principal())) {
                return false;
            }
            list.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException forged) {
            return false;
        }
    }

    private static Optional<Instant> end(X509CRL list) {
        return Optional.ofNullable(list.getNextUpdate()).map(Date::toInstant);
    }

    /** The moments at which a list ends. */
    Stream<Instant> ends() {
        return lists.stream().flatMap(list -> end(list).stream());
    }

    /** The path is then checked against these lists alone; no server is asked. */
    void addTo(PKIXParameters parameters) throws GeneralSecurityException {
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
        PKIXRevocationChecker checker =
                (PKIXRevocationChecker) CertPathValidator.getInstance("PKIX").getRevocationChecker();
        checker.setOptions(
                EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
        parameters.addCertPathChecker(checker);
    }
}
