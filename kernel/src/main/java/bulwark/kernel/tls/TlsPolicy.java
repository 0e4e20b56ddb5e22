package bulwark.kernel.tls;

import java.util.ArrayList;
import java.util.List;

/**
 * What a listener or client accepts: versions, cipher suites, and what a peer's certificate must say. Immutable.
 *
 * @param versions as JSSE names them, for instance {@code TLSv1.3}
 * @param suites the only ones that are offered or accepted, the preferred first
 * @param peerName what the certificate of a peer must name
 * @param authorities the names that each CA may vouch for; only with {@link PeerName#ONE_URI}
 */
public record TlsPolicy(List<String> versions, List<String> suites, PeerName peerName, AuthorityNames authorities) {
    private static final List<String> SUITES_13 =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
    /** Forward secret and authenticated, and nothing else: RFC 9325, section 4.2. */
    private static final List<String> SUITES_12 = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    public TlsPolicy {
        versions = List.copyOf(versions);
        suites = List.copyOf(suites);
    }

    /** What identifies a peer. */
    public enum PeerName {
        /** Exactly one URI SAN, that names one peer. */
        ONE_URI,
        /** Whatever a trusted CA signed: whoever asks judges subject and fingerprint. */
        ANY
    }

    /** Between our own processes: TLS 1.3, peers and this side are known by their URI SAN. */
    public static TlsPolicy internal() {
        return new TlsPolicy(List.of("TLSv1.3"), SUITES_13, PeerName.ONE_URI, AuthorityNames.ANY);
    }

    /** A server that strangers reach by its host name: TLS 1.2 and 1.3. */
    public static TlsPolicy publicServer() {
        List<String> suites = new ArrayList<>(SUITES_13);
        suites.addAll(SUITES_12);
        return new TlsPolicy(List.of("TLSv1.3", "TLSv1.2"), suites, PeerName.ANY, AuthorityNames.ANY);
    }

    /** As {@link #publicServer}, without TLS 1.2. */
    public static TlsPolicy publicServer13() {
        return new TlsPolicy(List.of("TLSv1.3"), SUITES_13, PeerName.ANY, AuthorityNames.ANY);
    }

    /** Each CA of the bundle vouches for the names that it may vouch for, and no others. */
    public TlsPolicy with(AuthorityNames names) {
        return new TlsPolicy(versions, suites, peerName, names);
    }

    String[] versionNames() {
        return versions.toArray(String[]::new);
    }

    String[] suiteNames() {
        return suites.toArray(String[]::new);
    }
}
