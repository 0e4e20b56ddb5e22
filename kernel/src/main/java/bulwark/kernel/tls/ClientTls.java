package bulwark.kernel.tls;

import bulwark.kernel.config.ConfiguredPath;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS for a client of servers that are known by their host name, such as a database. All files may be absent: without an authority those of the system are trusted,
 * without a certificate none is shown. Material may change while in use; bad new material is refused loudly and the old one stays. Thread-safe.
 */
public final class ClientTls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClientTls.class);

    /** PEM: certificate chain and PKCS#8 key belong together, the bundle holds the only authorities that are trusted. */
    public record Files(
            @Nullable ConfiguredPath certificate,
            @Nullable ConfiguredPath privateKey,
            @Nullable ConfiguredPath caBundle) {
        public static final Files NONE = new Files(null, null, null);

        /** For files that no setting names. */
        public static Files unnamed(@Nullable Path certificate, @Nullable Path privateKey, @Nullable Path caBundle) {
            return new Files(orNull(certificate), orNull(privateKey), orNull(caBundle));
        }

        private static @Nullable ConfiguredPath orNull(@Nullable Path path) {
            return path == null ? null : ConfiguredPath.unnamed(path);
        }

        private List<ConfiguredPath> all() {
            return Stream.of(certificate, privateKey, caBundle)
                    .filter(Objects::nonNull)
                    .toList();
        }
    }

    /** Which servers are accepted. */
    public enum Servers {
        /** Of a trusted authority; the socket's endpoint identification compares the host name. */
        TRUSTED,
        /** As {@link #TRUSTED}, and besides the authorities of the bundle those of the system. */
        TRUSTED_OR_PUBLIC,
        /** Whoever answers: protects against nobody who can stand between. */
        ANY
    }

    private record Snapshot(
            @Nullable TlsMaterial identity,
            X509ExtendedTrustManager trust,
            @Nullable Snapshot previous) {
        Snapshot withoutPrevious() {
            return new Snapshot(identity, trust, null);
        }
    }

    private final Files files;
    private final Servers servers;
    private final Clock clock;
    private final ReentrantLock reloading = new ReentrantLock();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final SSLContext context;
    private final SSLSocketFactory sockets;
    private volatile Snapshot snapshot;
    private final FileWatch watch;
    private int loads;
    private @Nullable String lastFailure;

    private ClientTls(Files files, Servers servers, TlsPolicy policy, Clock clock) {
        this.files = files;
        this.servers = servers;
        this.clock = clock;
        watch = new FileWatch(files.all(), () -> reload().isEmpty());
        snapshot = read(null);
        context = PinnedTlsContext.of(
                policy,
                new ReloadingKeyManager(() -> snapshot.identity, this::byAlias),
                new DelegatingTrustManager(() -> snapshot.trust));
        sockets = context.getSocketFactory();
    }

    /** TLS 1.3. @throws TlsRefused with file name and remedy; also for a certificate without its key, or a key without its certificate */
    public static ClientTls load(Files files, Servers servers, Clock clock) {
        return load(files, servers, TlsPolicy.internal(), clock);
    }

    /**
     * As {@link #load(Files, Servers, Clock)}.
     *
     * @param policy its versions and suites; what a server must be named is for the socket's endpoint identification
     */
    public static ClientTls load(Files files, Servers servers, TlsPolicy policy, Clock clock) {
        if ((files.certificate == null) != (files.privateKey == null)) {
            throw new TlsRefused(
                    files.privateKey == null
                            ? "client certificate " + files.certificate + " is set without its private key; set both"
                            : "private key " + files.privateKey + " is set without its client certificate; set both");
        }
        return new ClientTls(files, servers, policy, clock);
    }

    private Snapshot read(@Nullable Snapshot previous) {
        TlsMaterial identity = files.certificate == null || files.privateKey == null
                ? null
                : TlsMaterial.identity("client-" + loads, files.certificate, files.privateKey, clock);
        X509ExtendedTrustManager trust = servers == Servers.ANY
                ? new InsecureTrustManager()
                : files.caBundle == null ? systems() : only(anchors(files.caBundle));
        loads++;
        return new Snapshot(identity, trust, previous);
    }

    private Set<TrustAnchor> anchors(ConfiguredPath bundle) {
        Stream<TrustAnchor> own =
                TlsMaterial.authorities(bundle, clock.instant()).stream().map(TrustedAuthority::anchor);
        Stream<TrustAnchor> ofSystem = servers == Servers.TRUSTED_OR_PUBLIC
                ? Stream.of(systems().getAcceptedIssuers()).map(authority -> new TrustAnchor(authority, null))
                : Stream.empty();
        return Stream.concat(own, ofSystem).collect(Collectors.toUnmodifiableSet());
    }

    private static X509ExtendedTrustManager only(Set<TrustAnchor> anchors) {
        try {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
            // Certificates of private authorities name no CRL or OCSP server; theirs is revoked by a change of the
            // bundle.
            parameters.setRevocationEnabled(false);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK validates PKIX paths", e);
        }
    }

    private static X509ExtendedTrustManager systems() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init((KeyStore) null);
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has a trust store", e);
        }
    }

    private @Nullable TlsMaterial byAlias(String alias) {
        Snapshot now = snapshot;
        Snapshot before = now.previous;
        return Stream.of(now, before == null ? now : before)
                .map(each -> each.identity)
                .filter(identity -> identity != null && identity.alias().equals(alias))
                .findFirst()
                .orElse(null);
    }

    /** Sockets still need the name to verify: {@code SSLParameters.setEndpointIdentificationAlgorithm("HTTPS")}, unless any server is accepted. */
    public SSLSocketFactory sockets() {
        return sockets;
    }

    /** For engines; as {@link #sockets}. */
    public SSLContext context() {
        return context;
    }

    /** Polls the files each second on a daemon thread. */
    public void watch() {
        watch.start();
    }

    /** Loads the files again. @return empty when they are in use, else why the old ones stay; never throws for bad material */
    public java.util.Optional<String> reload() {
        reloading.lock();
        try {
            snapshot = read(snapshot.withoutPrevious());
            lastFailure = null;
            LOG.info("TLS material of the client loaded");
        } catch (TlsRefused refused) {
            String reason = String.valueOf(refused.getMessage());
            if (!reason.equals(lastFailure)) {
                lastFailure = reason;
                LOG.error("TLS MATERIAL REFUSED, the old one stays in use: {}", reason);
            }
            return java.util.Optional.of(reason);
        } finally {
            reloading.unlock();
        }
        listeners.forEach(Runnable::run);
        return java.util.Optional.empty();
    }

    /** Told after each successful reload: connections that are open still have the old material. */
    public void onReload(Runnable listener) {
        listeners.add(listener);
    }

    /** End of validity of the client's certificate, or null without one. */
    public @Nullable Instant expires() {
        TlsMaterial identity = snapshot.identity;
        return identity == null ? null : identity.expires();
    }

    /** SHA-256 of the client's certificate (DER, hexadecimal), or null without one. */
    public @Nullable String fingerprint() {
        TlsMaterial identity = snapshot.identity;
        return identity == null ? null : identity.fingerprint();
    }

    /** Stops watching; sockets keep working with what was loaded last. */
    @Override
    public void close() {
        watch.close();
    }
}
