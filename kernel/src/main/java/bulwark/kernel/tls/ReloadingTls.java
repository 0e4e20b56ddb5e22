package bulwark.kernel.tls;

import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * TLS 1.3 material that can change under a running listener or client: managers delegate to one volatile snapshot. Identity
 * is the URI SAN (exactly one), never the host name. Bad new material is refused loudly and the old one stays. Thread-safe.
 */
public final class ReloadingTls implements AutoCloseable {
    private ReloadingTls() {}

    /** @throws TlsRefused with file name and remedy */
    public static ReloadingTls load(TlsFiles files, Clock clock) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Polls the files each second on a daemon thread; also called by SIGHUP through {@link #reload()}. */
    public void watch() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Loads the files again. @return what happened; never throws for bad material */
    public Reload reload() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Told of every attempt, good or bad. */
    public void onReload(Consumer<Reload> listener) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Told of each refused peer: reason is one of no_certificate, untrusted, expired, identity, other. */
    public void onRefusedPeer(Consumer<String> listener) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** For listeners and clients; TLSv1.3 only, no session tickets. */
    public SSLContext context() {
        throw new UnsupportedOperationException("skeleton");
    }

    public X509ExtendedKeyManager keyManager() {
        throw new UnsupportedOperationException("skeleton");
    }

    public X509ExtendedTrustManager trustManager() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Re-checks an open connection's peer against the present bundle and clock; cheap (cached per bundle generation and chain). */
    public boolean stillTrusted(List<X509Certificate> peerChain) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** End of validity of the certificate in use. */
    public Instant expires() {
        throw new UnsupportedOperationException("skeleton");
    }

    @Override
    public void close() {}

    /** The outcome of one reload. */
    public sealed interface Reload {
        record Loaded(String fingerprint, Instant expires) implements Reload {}

        record Kept(String reason) implements Reload {}
    }
}
