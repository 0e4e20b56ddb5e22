package bulwark.kernel.tls;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Judges peers against one load of the CA bundle: path, dates by the given clock, exactly one URI SAN. Thread-safe. */
final class PeerCheck {
    private static final int REMEMBERED_CHAINS = 10_000;
    /** The JDK's own name for "any key type", which TLS 1.3 uses. */
    private static final String ANY_KEY_TYPE = "UNKNOWN";

    private final Material material;
    private final Clock clock;
    /** Chain → until when the verdict "trusted" holds. Refusals are not remembered: such a connection ends. */
    private final Cache<List<X509Certificate>, Instant> trusted =
            Caffeine.newBuilder().maximumSize(REMEMBERED_CHAINS).build();

    PeerCheck(Material material, Clock clock) {
        this.material = material;
        this.clock = clock;
    }

    void client(X509Certificate[] chain) throws CertificateException {
        check(chain, true);
    }

    void server(X509Certificate[] chain) throws CertificateException {
        check(chain, false);
    }

    /** The verdict on a client, remembered until the first date in the chain or bundle at which it could change. */
    boolean stillTrusted(List<X509Certificate> chain) {
        Instant now = clock.instant();
        Instant until = trusted.getIfPresent(chain);
        if (until != null && now.isBefore(until)) {
            return true;
        }
        try {
            client(chain.toArray(X509Certificate[]::new));
            trusted.put(List.copyOf(chain), nextChange(chain, now));
            return true;
        } catch (CertificateException refused) {
            trusted.invalidate(chain);
            return false;
        }
    }

    private void check(X509Certificate[] chain, boolean client) throws CertificateException {
        if (chain.length == 0) {
            throw new PeerRefused("untrusted", "the peer sent no certificate", null);
        }
        Instant now = clock.instant();
        X509Certificate leaf = chain[0];
        // Path validation accepts a leaf that is itself in the bundle without a look at its dates.
        if (now.isAfter(leaf.getNotAfter().toInstant())
                || now.isBefore(leaf.getNotBefore().toInstant())) {
            throw new PeerRefused(
                    "expired",
                    "the peer's certificate is outside its validity: " + leaf.getSubjectX500Principal(),
                    null);
        }
        Set<TrustAnchor> anchors = material.anchorsValidAt(now);
        if (anchors.isEmpty()) {
            throw new PeerRefused("untrusted", "every CA in the bundle has expired", null);
        }
        try {
            // The two-argument form: the full path and key-usage checks, without a comparison of host names.
            X509TrustManager pkix = pkix(anchors, now);
            if (client) {
                pkix.checkClientTrusted(chain, ANY_KEY_TYPE);
            } else {
                pkix.checkServerTrusted(chain, ANY_KEY_TYPE);
            }
        } catch (CertificateException e) {
            throw new PeerRefused(
                    dates(e) ? "expired" : "untrusted", "the peer's certificate is not trusted: " + e.getMessage(), e);
        }
        if (UriSan.of(leaf).isEmpty()) {
            throw new PeerRefused(
                    "identity",
                    "the peer's certificate must carry exactly one URI SAN: " + leaf.getSubjectX500Principal(),
                    null);
        }
    }

    private static X509TrustManager pkix(Set<TrustAnchor> anchors, Instant now) {
        try {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
            parameters.setDate(Date.from(now));
            // Revocation is by removal from the bundle and by short life; the certificates name no CRL or OCSP server.
            parameters.setRevocationEnabled(false);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK validates PKIX paths", e);
        }
    }

    private static boolean dates(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathValidatorException path
                    && (path.getReason() == CertPathValidatorException.BasicReason.EXPIRED
                            || path.getReason() == CertPathValidatorException.BasicReason.NOT_YET_VALID)) {
                return true;
            }
        }
        return false;
    }

    private Instant nextChange(List<X509Certificate> chain, Instant now) {
        return java.util.stream.Stream.concat(
                        chain.stream(), material.anchors().stream().map(TrustAnchor::getTrustedCert))
                .map(certificate -> certificate.getNotAfter().toInstant())
                .filter(end -> end.isAfter(now))
                .min(Instant::compareTo)
                .orElse(now);
    }
}
