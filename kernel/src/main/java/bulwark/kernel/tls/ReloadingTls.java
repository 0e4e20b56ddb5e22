package bulwark.kernel.tls;

import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS material that can change under a running listener or client: managers delegate to one volatile snapshot. Versions, cipher suites and what identifies a peer are the
 * policy's. Bad new material is refused loudly and the old one stays. Thread-safe.
 */
public final class ReloadingTls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadingTls.class);

    /** What is in use, and what was before it: a handshake that began under the previous load ends under it. */
    private record Snapshot(
            TlsMaterial material,
            PeerVerifier peers,
            @Nullable TlsMaterial previous) {}

    private final TlsFiles files;
    private final TlsPolicy policy;
    private final Clock clock;
    private final ReentrantLock reloading = new ReentrantLock();
    private final List<Consumer<Reload>> reloadListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<RefusedPeer>> refusalListeners = new CopyOnWriteArrayList<>();
    private final X509ExtendedKeyManager keyManager;
    private final X509ExtendedTrustManager trustManager;
    private final SSLContext context;
    private volatile Snapshot snapshot;
    /** Judges clients by the authorities that were added beside the files; null without any. */
    private volatile @Nullable PeerVerifier added;

    private final PinnedCertificates pinned;
    private final FileWatch watch;
    private int loads;
    private @Nullable String lastFailure;

    private ReloadingTls(TlsFiles files, TlsPolicy policy, Clock clock) {
        this.files = files;
        this.policy = policy;
        this.clock = clock;
        pinned = new PinnedCertificates(clock);
        watch = new FileWatch(files.all(), () -> reload() instanceof Reload.Loaded);
        TlsMaterial first = TlsMaterial.load("load-0", files, policy, clock);
        snapshot = new Snapshot(first, new PeerVerifier(first, policy, clock), null);
        keyManager = new ReloadingKeyManager(() -> snapshot.material, this::byAlias);
        trustManager = new ReloadingTrustManager(() -> snapshot.peers, () -> added, pinned);
        context = PinnedTlsContext.of(policy, keyManager, trustManager);
    }

    /** By {@link TlsPolicy#internal}. @throws TlsRefused with file name and remedy */
    public static ReloadingTls load(TlsFiles files, Clock clock) {
        return load(files, TlsPolicy.internal(), clock);
    }

    /** @throws TlsRefused with file name and remedy */
    public static ReloadingTls load(TlsFiles files, TlsPolicy policy, Clock clock) {
        return new ReloadingTls(files, policy, clock);
    }

    /** Polls the files each second on a daemon thread; also called by SIGHUP through {@link #reload()}. */
    public void watch() {
        watch.start();
    }

    /** Loads the files again. @return what happened; never throws for bad material */
    public Reload reload() {
        Reload outcome;
        reloading.lock();
        try {
            outcome = replace();
        } finally {
            reloading.unlock();
        }
        reloadListeners.forEach(listener -> listener.accept(outcome));
        return outcome;
    }

    private Reload replace() {
        Snapshot old = snapshot;
        try {
            TlsMaterial fresh = TlsMaterial.load("load-" + (loads + 1), files, policy, clock);
            loads++;
            snapshot = new Snapshot(fresh, new PeerVerifier(fresh, policy, clock), old.material);
            lastFailure = null;
            LOG.info("TLS material loaded: certificate {}, valid until {}", fresh.fingerprint(), fresh.expires());
            return new Reload.Loaded(fresh.fingerprint(), fresh.expires());
        } catch (TlsRefused refused) {
            String reason = String.valueOf(refused.getMessage());
            if (!reason.equals(lastFailure)) {
                lastFailure = reason;
                LOG.error(
                        "TLS MATERIAL REFUSED, the old one stays in use until it expires at {}: {}",
                        old.material.expires(),
                        reason);
            }
            return new Reload.Kept(reason);
        }
    }

    /** Told of every attempt, good or bad. */
    public void onReload(Consumer<Reload> listener) {
        reloadListeners.add(listener);
    }

    /** Notified of each refused peer, on the thread of the handshake: never blocking. */
    public void onRefusedPeer(Consumer<RefusedPeer> listener) {
        refusalListeners.add(listener);
    }

    /** For a listener whose handshake failed: notifies the listeners of {@link #onRefusedPeer}. @return the reason */
    public String handshakeFailed(Throwable failure, String source) {
        String reason = HandshakeFailure.classify(failure);
        RefusedPeer peer = new RefusedPeer(reason, source);
        refusalListeners.forEach(listener -> listener.accept(peer));
        return reason;
    }

    private @Nullable TlsMaterial byAlias(String alias) {
        Snapshot now = snapshot;
        if (now.material.alias().equals(alias)) {
            return now.material;
        }
        return now.previous != null && now.previous.alias().equals(alias) ? now.previous : null;
    }

    public TlsPolicy policy() {
        return policy;
    }

    /** For listeners and clients; keeps to the policy. Listeners must still ask for the client's certificate. */
    public SSLContext context() {
        return context;
    }

    public X509ExtendedKeyManager keyManager() {
        return keyManager;
    }

    public X509ExtendedTrustManager trustManager() {
        return trustManager;
    }

    /** Re-checks an open connection's peer against the present bundle and clock; cheap (cached per bundle generation and chain). */
    public boolean stillTrusted(List<X509Certificate> peerChain) {
        return identify(peerChain) != null;
    }

    /** Who the peer is by the present bundle and clock, or null when it is not trusted any more; cheap, as {@link #stillTrusted}. */
    public @Nullable PeerIdentity identify(List<X509Certificate> peerChain) {
        PeerIdentity peer = snapshot.peers.identify(peerChain);
        PeerVerifier others = added;
        peer = peer == null && others != null ? others.identify(peerChain) : peer;
        return peer == null ? pinned.identify(peerChain) : peer;
    }

    /**
     * Trusts client certificates of these authorities besides, in place of those of the call before; the revocation lists of the files say nothing of them. Open connections are judged anew.
     *
     * @throws IllegalArgumentException when one of them is no authority
     */
    public void addClientAuthorities(Collection<X509Certificate> authorities) {
        added = authorities.isEmpty()
                ? null
                : new PeerVerifier(TlsMaterial.ofAuthorities(authorities, snapshot.material), policy, clock);
    }

    /**
     * Trusts client certificates of these fingerprints besides, in place of those of the call before: each by itself, whoever issued it, and while it is valid. Open connections are judged anew.
     *
     * @param fingerprints SHA-256 of each one's DER, hex
     */
    public void pinClients(Collection<String> fingerprints) {
        pinned.replace(fingerprints);
    }

    /** Whether there is a CA bundle by which peers can be trusted. */
    public boolean trustsPeers() {
        return files.caBundle() != null;
    }

    /** The CAs that are trusted now: fingerprint (SHA-256 of the DER, hex) → subject. */
    public Map<String, String> authorities() {
        Map<String, String> authorities = new LinkedHashMap<>();
        snapshot.material
                .authorities()
                .forEach(authority -> authorities.put(authority.fingerprint(), authority.subject()));
        return authorities;
    }

    /** End of validity of the certificate in use. */
    public Instant expires() {
        return snapshot.material.expires();
    }

    /** Stops watching; the managers keep serving what was loaded last. */
    @Override
    public void close() {
        watch.close();
    }

    /** The outcome of one reload. */
    public sealed interface Reload {
        /** @param fingerprint SHA-256 of the certificate's DER, hex */
        record Loaded(String fingerprint, Instant expires) implements Reload {}

        /** @param reason a sentence with file and remedy */
        record Kept(String reason) implements Reload {}
    }
}
