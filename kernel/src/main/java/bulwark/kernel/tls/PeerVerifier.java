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
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Judges peers against one load of the CA bundle: path, dates by the given clock, revocation lists where there are some, the name that the policy asks for, and a CA that may
 * vouch for that name. Thread-safe.
 */
final class PeerVerifier {
    private static final int REMEMBERED_CHAINS = 10_000;
    /** The JDK's own name for "any key type", which TLS 1.3 uses. */
    private static final String ANY_KEY_TYPE = "UNKNOWN";

    private final TlsMaterial material;
    private final TlsPolicy policy;
    private final Clock clock;
    /** Chain → who that is, and until when. Refusals are not remembered: such a connection ends. */
    private final Cache<List<X509Certificate>, Trusted> trusted =
            Caffeine.newBuilder().maximumSize(REMEMBERED_CHAINS).build();

    private record Trusted(PeerIdentity peer, Instant until) {}

    PeerVerifier(TlsMaterial material, TlsPolicy policy, Clock clock) {
        this.material = material;
        this.policy = policy;
        this.clock = clock;
    }

    void client(X509Certificate[] chain) throws CertificateException {
        check(chain, true);
    }

    void server(X509Certificate[] chain) throws CertificateException {
        check(chain, false);
    }

    /** Who a client is, remembered until the first date in the chain or bundle at which that could change; null when it is not trusted. */
    @Nullable
    PeerIdentity identify(List<X509Certificate> chain) {
        Instant now = clock.instant();
        Trusted known = trusted.getIfPresent(chain);
        if (known != null && now.isBefore(known.until)) {
            return known.peer;
        }
        try {
            PeerIdentity peer = check(chain.toArray(X509Certificate[]::new), true);
            trusted.put(List.copyOf(chain), new Trusted(peer, nextChange(chain, now)));
            return peer;
        } catch (CertificateException refused) {
            trusted.invalidate(chain);
            return null;
        }
    }

    private PeerIdentity check(X509Certificate[] chain, boolean client) throws CertificateException {
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
        List<TrustedAuthority> valid = material.authorities().stream()
                .filter(authority -> authority.validAt(now))
                .toList();
        if (valid.isEmpty()) {
            throw new PeerRefused("untrusted", "every CA in the bundle has expired", null);
        }
        checkPath(chain, client, valid, now);
        String uri = name(leaf);
        TrustedAuthority authority = vouching(chain, client, valid, uri, now);
        return new PeerIdentity(uri, TrustedAuthority.fingerprint(leaf), authority.subject(), authority.fingerprint());
    }

    private String name(X509Certificate leaf) throws CertificateException {
        Optional<String> uri = UriSan.ofPeer(leaf);
        if (uri.isEmpty() && policy.peerName() == TlsPolicy.PeerName.ONE_URI) {
            throw new PeerRefused(
                    "identity",
                    "the peer's certificate must carry exactly one URI SAN that names one peer: "
                            + leaf.getSubjectX500Principal(),
                    null);
        }
        return uri.orElse("");
    }

    private void checkPath(
            X509Certificate[] chain, boolean client, Collection<TrustedAuthority> authorities, Instant now)
            throws CertificateException {
        try {
            // The two-argument form: the full path and key-usage checks, without a comparison of host names.
            X509TrustManager pkix = pkix(
                    authorities.stream().map(TrustedAuthority::anchor).collect(Collectors.toUnmodifiableSet()), now);
            if (client) {
                pkix.checkClientTrusted(chain, ANY_KEY_TYPE);
            } else {
                pkix.checkServerTrusted(chain, ANY_KEY_TYPE);
            }
        } catch (CertificateException e) {
            throw new PeerRefused(reason(e), "the peer's certificate is not trusted: " + e.getMessage(), e);
        }
    }

    /** The CA that issued the chain and may do so for this name; each is asked alone, because CAs may share a subject. */
    private TrustedAuthority vouching(
            X509Certificate[] chain, boolean client, List<TrustedAuthority> valid, String uri, Instant now)
            throws CertificateException {
        CertificateException last = null;
        for (TrustedAuthority authority : valid) {
            try {
                if (valid.size() > 1) {
                    checkPath(chain, client, List.of(authority), now);
                }
            } catch (CertificateException issuedByAnother) {
                continue;
            }
            try {
                authority.checkNames(chain, now);
                if (policy.authorities().allows(authority.fingerprint(), uri)) {
                    return authority;
                }
            } catch (CertificateException e) {
                last = e;
            }
        }
        throw new PeerRefused("identity", "no CA of the bundle may vouch for the name " + uri, last);
    }

    private X509TrustManager pkix(Set<TrustAnchor> anchors, Instant now) {
        try {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
            parameters.setDate(Date.from(now));
            // No server is asked: certificates are revoked by the lists that the operator keeps, by removal of a CA
            // from the
            // bundle, and by their short life.
            parameters.setRevocationEnabled(false);
            if (material.revoked() != null) {
                material.revoked().addTo(parameters);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK validates PKIX paths", e);
        }
    }

    private static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathValidatorException path
                    && path.getReason() instanceof CertPathValidatorException.BasicReason reason) {
                switch (reason) {
                    case EXPIRED, NOT_YET_VALID -> {
                        return "expired";
                    }
                    case REVOKED, UNDETERMINED_REVOCATION_STATUS -> {
                        return "revoked";
                    }
                    default -> {
                        // Says nothing more than "untrusted".
                    }
                }
            }
        }
        return "untrusted";
    }

    private Instant nextChange(List<X509Certificate> chain, Instant now) {
        Stream<Instant> lists =
                material.revoked() == null ? Stream.empty() : material.revoked().ends();
        return Stream.concat(
                        lists,
                        Stream.concat(
                                        chain.stream(),
                                        material.authorities().stream().map(TrustedAuthority::certificate))
                                .map(certificate -> certificate.getNotAfter().toInstant()))
                .filter(end -> end.isAfter(now))
                .min(Instant::compareTo)
                .orElse(now);
    }
}
