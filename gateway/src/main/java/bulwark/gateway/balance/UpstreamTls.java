package bulwark.gateway.balance;

import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.ApiRoute.UpstreamHttp;
import bulwark.gateway.route.RouteTls;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.network.TargetHost;
import bulwark.kernel.tls.ClientTls;
import bulwark.kernel.tls.TlsPolicy;
import bulwark.kernel.tls.TlsRefused;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS towards {@code https} upstreams: as the gateway has it for all, and as single routes ask for it. Files of routes lie in one folder, are loaded when a route is published, and are read again each second. A
 * route whose files cannot be used has no connections until they can. Thread-safe.
 */
public final class UpstreamTls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamTls.class);
    /** As ALPN names it. */
    static final String HTTP_2 = "h2";

    private static final String HTTP_1 = "http/1.1";
    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};
    private static final String[] ONLY_13 = {"TLSv1.3"};

    private final SSLContext standard;
    private final @Nullable ClientTls material;
    private final FileSource files;
    private final AtomicInteger generation = new AtomicInteger();
    private final ConcurrentMap<FileNames, Material> materials = new ConcurrentHashMap<>();

    /**
     * Where routes find their files.
     *
     * @param folder that their paths start from; null when none is configured
     * @param standard what a route has that names no files of that kind
     */
    public record FileSource(@Nullable ConfiguredPath folder, ClientTls.Files standard, Clock clock) {}

    private record FileNames(
            @Nullable String authorities,
            @Nullable String certificate,
            @Nullable String key) {
        static FileNames of(RouteTls options) {
            return new FileNames(options.caFile(), options.clientCertFile(), options.clientKeyFile());
        }
    }

    private UpstreamTls(SSLContext standard, @Nullable ClientTls material, FileSource files) {
        this.standard = standard;
        this.material = material;
        this.files = files;
        if (material != null) {
            material.onReload(generation::incrementAndGet);
        }
    }

    /** Grows with each load of other material: connections that were opened before it show a former certificate, or trusted a former authority. */
    public int generation() {
        return generation.get();
    }

    /** Takes over the material of routes that name no files: it is closed with this. */
    public static UpstreamTls of(ClientTls standard, FileSource files) {
        return new UpstreamTls(standard.context(), standard, files);
    }

    /** Without files. */
    public static UpstreamTls of(SSLContext standard) {
        return new UpstreamTls(standard, null, new FileSource(null, ClientTls.Files.NONE, Clock.systemUTC()));
    }

    /** Of what calls no upstream, and asks the same of its servers. */
    public SSLContext context() {
        return standard;
    }

    /** From now on the files that settings name are read again every second. */
    public void watch() {
        if (material != null) {
            material.watch();
        }
    }

    /** SHA-256 of the certificate that settings name, hexadecimal; null without one. */
    public @Nullable String fingerprint() {
        return material == null ? null : material.fingerprint();
    }

    /** Told after each load of other material that settings name. */
    public void onReload(Runnable listener) {
        if (material != null) {
            material.onReload(listener);
        }
    }

    /** End of validity of the certificate that settings name; null without one. */
    public @Nullable Instant expires() {
        return material == null ? null : material.expires();
    }

    /**
     * For a connection on an event loop; reads no file.
     *
     * @throws TlsRefused while the files of the route cannot be used
     */
    public SSLEngine engine(UpstreamOrigin origin) {
        SSLEngine engine = context(origin.tls())
                .createSSLEngine(serverName(origin), origin.url().port());
        engine.setUseClientMode(true);
        engine.setSSLParameters(parameters(engine.getSSLParameters(), origin));
        return engine;
    }

    /** As {@link #engine}, over a connection that is open. Closing it closes the connection. */
    public SSLSocket socket(Socket plain, UpstreamOrigin origin) throws IOException {
        SSLSocket socket = (SSLSocket) context(origin.tls())
                .getSocketFactory()
                .createSocket(plain, serverName(origin), origin.url().port(), true);
        socket.setSSLParameters(parameters(socket.getSSLParameters(), origin));
        return socket;
    }

    private static SSLParameters parameters(SSLParameters parameters, UpstreamOrigin origin) {
        parameters.setProtocols(origin.tls().only13() ? ONLY_13 : VERSIONS);
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(protocols(origin.http()));
        return parameters;
    }

    /** As ALPN names them, the preferred first. */
    private static String[] protocols(UpstreamHttp http) {
        return switch (http) {
            case AUTO -> new String[] {HTTP_2, HTTP_1};
            case H1 -> new String[] {HTTP_1};
            case H2 -> new String[] {HTTP_2};
        };
    }

    private static String serverName(UpstreamOrigin origin) {
        String name = origin.tls().serverName();
        if (name != null) {
            return name;
        }
        return origin.url().host() instanceof TargetHost.Address address
                ? address.address().getHostAddress()
                : origin.url().host().text();
    }

    private SSLContext context(RouteTls options) {
        if (!options.namesFiles()) {
            return standard;
        }
        Material own = materials.get(FileNames.of(options));
        if (own == null) {
            throw new TlsRefused("the route was taken away meanwhile");
        }
        return own.context();
    }

    /** Why the files that a route names cannot be used, in a sentence that names the field; null when they can. Reads them. */
    public @Nullable String fault(ApiRoute route) {
        if (!route.upstreamTls().namesFiles()) {
            return null;
        }
        try {
            load(FileNames.of(route.upstreamTls())).close();
            return null;
        } catch (OperatorError e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Loads what the route names, if it is not loaded. */
    void prepare(ApiRoute route) {
        if (route.upstreamTls().namesFiles()) {
            materials
                    .computeIfAbsent(FileNames.of(route.upstreamTls()), Material::new)
                    .load();
        }
    }

    /** Forgets what none of these routes names. */
    void retain(Collection<ApiRoute> routes) {
        if (materials.isEmpty()) {
            return;
        }
        Set<FileNames> live =
                routes.stream().map(route -> FileNames.of(route.upstreamTls())).collect(Collectors.toSet());
        materials.entrySet().removeIf(each -> {
            boolean unused = !live.contains(each.getKey());
            if (unused) {
                each.getValue().close();
            }
            return unused;
        });
    }

    /** @throws OperatorError with a sentence that names the file and the field */
    private ClientTls load(FileNames names) {
        if (files.folder == null) {
            throw new TlsRefused(
                    "upstream_tls names files, and no folder of them is configured; set STOA_UPSTREAM__TLS_DIR");
        }
        Path folder = files.folder.path();
        boolean own = names.certificate != null;
        return ClientTls.load(
                new ClientTls.Files(
                        own ? path(folder, names.certificate, "client_cert_file") : files.standard.certificate(),
                        own ? path(folder, names.key, "client_key_file") : files.standard.privateKey(),
                        names.authorities == null
                                ? files.standard.caBundle()
                                : path(folder, names.authorities, "ca_file")),
                names.authorities == null ? ClientTls.Servers.TRUSTED_OR_PUBLIC : ClientTls.Servers.TRUSTED,
                TlsPolicy.publicServer(),
                files.clock);
    }

    private static @Nullable ConfiguredPath path(Path folder, @Nullable String name, String field) {
        return name == null ? null : new ConfiguredPath(folder.resolve(name), "upstream_tls." + field);
    }

    @Override
    public void close() {
        materials.values().forEach(Material::close);
        materials.clear();
        if (material != null) {
            material.close();
        }
    }

    /** What one set of files holds. */
    private final class Material {
        private final FileNames names;
        private final ReentrantLock loading = new ReentrantLock();
        private volatile @Nullable ClientTls loaded;
        private volatile String problem = "";
        private volatile boolean closed;

        Material(FileNames names) {
            this.names = names;
        }

        /** Once; says in the log why not. */
        void load() {
            loading.lock();
            try {
                if (loaded == null && !closed) {
                    ClientTls fresh = UpstreamTls.this.load(names);
                    fresh.onReload(generation::incrementAndGet);
                    fresh.watch();
                    loaded = fresh;
                }
            } catch (OperatorError e) {
                String reason = String.valueOf(e.getMessage());
                if (!reason.equals(problem)) {
                    problem = reason;
                    LOG.error("a route has no connections to its upstreams: {}", reason);
                }
            } finally {
                loading.unlock();
            }
        }

        SSLContext context() {
            ClientTls ready = loaded;
            if (ready == null) {
                // For the next connection: this one waits for no file.
                if (!loading.isLocked()) {
                    Thread.ofVirtual().name("upstream-tls").start(this::load);
                }
                throw new TlsRefused(problem);
            }
            return ready.context();
        }

        void close() {
            loading.lock();
            try {
                closed = true;
                ClientTls ready = loaded;
                if (ready != null) {
                    ready.close();
                }
            } finally {
                loading.unlock();
            }
        }
    }
}
