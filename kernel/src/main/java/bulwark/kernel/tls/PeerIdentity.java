package bulwark.kernel.tls;

/**
 * Who a peer is, by its certificate.
 *
 * @param uri its one URI SAN; empty when it has none, which only {@link TlsPolicy.PeerName#ANY} lets through
 * @param fingerprint SHA-256 of its certificate's DER, hex
 * @param authority subject of the CA that vouches for it
 * @param authorityFingerprint SHA-256 of that CA's DER, hex
 */
public record PeerIdentity(String uri, String fingerprint, String authority, String authorityFingerprint) {
    /** @param bound a fingerprint of 64 hex digits, or a URI SAN: what somebody was bound to */
    public boolean matches(String bound) {
        return !bound.isEmpty() && (bound.equals(uri) || bound.equals(fingerprint));
    }
}
