package bulwark.kernel.tls;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Client certificates that are trusted one by one, by their fingerprint, whoever issued them: the handshake shows that the client holds the key, and nothing else is believed of them. None of them vouches
 * for another. Thread-safe.
 */
final class PinnedCertificates {
    private final Clock clock;
    /** By identity: one entry for each open connection. */
    private final Cache<X509Certificate, String> fingerprints =
            Caffeine.newBuilder().weakKeys().build();

    private volatile Set<String> pinned = Set.of();

    PinnedCertificates(Clock clock) {
        this.clock = clock;
    }

    /** These, and none that were pinned before. @param fingerprintsOfAll SHA-256 of each one's DER, hex */
    void replace(Collection<String> fingerprintsOfAll) {
        pinned = Set.copyOf(fingerprintsOfAll);
    }

    /** Null when the leaf is none of them. */
    @Nullable
    PeerIdentity identify(List<X509Certificate> chain) {
        if (pinned.isEmpty() || chain.isEmpty() || !isTrusted(chain.getFirst())) {
            return null;
        }
        X509Certificate leaf = chain.getFirst();
        String fingerprint = fingerprint(leaf);
        return new PeerIdentity(
                UriSan.ofPeer(leaf).orElse(""),
                fingerprint,
                leaf.getSubjectX500Principal().getName(),
                fingerprint);
    }

    private boolean isTrusted(X509Certificate leaf) {
        Instant now = clock.instant();
        return !pinned.isEmpty()
                && pinned.contains(fingerprint(leaf))
                && !CertificatePurpose.isAuthority(leaf)
                && !now.isBefore(leaf.getNotBefore().toInstant())
                && now.isBefore(leaf.getNotAfter().toInstant())
                && CertificatePurpose.isForClients(leaf);
    }

    private String fingerprint(X509Certificate leaf) {
        return fingerprints.get(leaf, TrustedAuthority::fingerprint);
    }
}
