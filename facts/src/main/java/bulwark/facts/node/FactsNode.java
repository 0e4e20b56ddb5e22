package bulwark.facts.node;

import bulwark.facts.WireErrors;
import bulwark.facts.admin.AdminKeys;
import bulwark.kernel.access.Principal;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.keys.Ed25519SeedText;
import bulwark.kernel.process.RunFile;
import bulwark.kernel.quota.QuotaPersistence;
import bulwark.kernel.quota.Quotas;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.tls.ReloadingTls;
import bulwark.kernel.tls.TlsFiles;
import bulwark.kernel.tls.TlsPolicy;
import bulwark.web.ApiKeyAuthenticator;
import bulwark.web.Edge;
import bulwark.web.Service;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running fact node, put together by hand: read this and {@link NodeComposition} from top to bottom to see every part being made
 * and in which order.
 * Thread-safe.
 */
public final class FactsNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FactsNode.class);
    private static final Duration DRAIN = Duration.ofSeconds(10);
    /** How long the first answer may come before what can wait: it would have the processor to itself. */
    private static final Duration ADMIN_REGISTRATION_TIMEOUT = Duration.ofMillis(400);

    private final NodeCore core;
    private final NodeComposition composition;
    private final Edge edge;
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final @Nullable ReloadingTls tls;
    private final int port;
    private final int plainPort;

    /**
     * Starts and returns when the listeners answer.
     *
     * @param directory working folder: relative paths and {@code .env} are resolved against it
     * @throws ConfigurationRefused listing every problem, before anything was touched
     */
    public static FactsNode start(Map<String, String> environment, Path directory, Clock clock) throws IOException {
        return start(() -> Configuration.read(NodeSettings.schema(), environment, directory), directory, clock);
    }

    /** As {@link #start(Map, Path, Clock)}, with settings that the caller reads, once, while the first libraries load. */
    public static FactsNode start(Supplier<Configuration> settings, Path directory, Clock clock) throws IOException {
        StartupPreload ahead = StartupPreload.begin();
        try {
            return start(settings.get(), directory, clock, ahead);
        } catch (RuntimeException | IOException e) {
            ahead.discard();
            throw e;
        }
    }

    private static FactsNode start(Configuration configuration, Path directory, Clock clock, StartupPreload ahead)
            throws IOException {
        checkSeeds(configuration);
        configuration.warnings().forEach(LOG::warn);
        ReloadingTls tls = null;
        if (NodeSettings.mutualTls(configuration)) {
            LOG.info(Signing.installForTls());
            tls = loadTls(configuration, directory, clock);
        }
        NodeCore core = NodeCore.open(
                configuration,
                path(configuration, "STIGMEM_DB_PATH", directory),
                clock,
                SchemaPolicy.CREATE_OR_UPGRADE,
                ahead::signing);
        try {
            return new FactsNode(core, tls, ahead.edge());
        } catch (RuntimeException | IOException e) {
            core.close();
            throw e;
        }
    }

    /** Before anything is created: a seed that cannot be one is a fault of the settings. */
    private static void checkSeeds(Configuration configuration) {
        for (String name : List.of("STIGMEM_NODE_PRIVATE_KEY", "STIGMEM_ISSUER_PRIVATE_KEY")) {
            configuration.secret(name).ifPresent(text -> Ed25519SeedText.parse(name, text));
        }
    }

    private FactsNode(NodeCore core, @Nullable ReloadingTls tls, Edge edge) throws IOException {
        this.core = core;
        this.edge = edge;
        this.tls = tls;
        LOG.info(core.signing.describe());
        core.identity.warnings().forEach(LOG::warn);
        core.store.onFatal(this::fail);
        CompletableFuture<Void> answered = edge.answered(ADMIN_REGISTRATION_TIMEOUT);
        registerAdmin(answered);
        core.audit.onRow(
                row -> core.metrics.count("stigmem_audit_event", "event_type", row.type(), "tenant", row.tenant()));

        // Without authentication all callers are one principal: a quota would let each of them lock out the others.
        boolean authentication = core.configuration.flag("STIGMEM_AUTH_REQUIRED");
        Quotas quotas = Quotas.of(authentication ? NodeSettings.quotaLimits(core.configuration) : Map.of(), core.clock);
        resources.add(QuotaPersistence.restore(quotas, core.store));
        composition = new NodeComposition(core);
        Service service = service(quotas);
        if (tls != null) {
            PeerEvidence.watch(core, tls);
            tls.watch();
            resources.add(tls);
            port = edge.listenTls(
                    service, NodeSettings.host(core.configuration), core.configuration.port("STIGMEM_PORT"), tls);
        } else {
            port = edge.listenPlain(
                    service, NodeSettings.host(core.configuration), core.configuration.port("STIGMEM_PORT"));
        }
        int localPort = core.configuration.port("STIGMEM_LOCAL_HTTP_PORT");
        plainPort = tls == null || localPort == 0
                ? 0
                : edge.listenPlain(service, core.configuration.text("STIGMEM_LOCAL_HTTP_HOST"), localPort);
        core.outbox.start();
        core.startHeads();
        core.chain.start();
        resources.add(AccessWatch.start(core.store, core.audit, core.metrics, NodeCore.RESCAN_INTERVAL));
        CompletableFuture<Void> ignored = answered.thenRun(composition.index()::start);
        Path socket = RunFile.socketFor(core.file, "node");
        resources.add(core.serveOwner(socket));
        new RunFile(ProcessHandle.current().pid(), socket, ports()).write(core.file);
        resources.add(NodeExpiry.start(core, tls));
        LOG.info(
                "ready: {} on port {}{}",
                tls == null ? "plain HTTP" : "mutual TLS",
                port,
                plainPort == 0 ? "" : ", loopback HTTP on port " + plainPort);
    }

    private Map<String, Integer> ports() {
        Map<String, Integer> ports = new LinkedHashMap<>();
        ports.put("port", port);
        ports.put("plain_port", plainPort);
        return ports;
    }

    /** A new key is hashed last: that takes as long as all the rest. */
    private void registerAdmin(CompletableFuture<?> answered) {
        AdminKeys.Registration admin =
                core.adminKeys.register(core.configuration.secret("STIGMEM_ADMIN_KEY"), answered);
        admin.warnings().forEach(LOG::warn);
        CompletableFuture<Void> registered = admin.registered().whenComplete((done, failure) -> {
            if (failure != null) {
                fail(failure);
            }
        });
        resources.add(() -> registered.exceptionally(failure -> null).join());
    }

    private Service service(Quotas quotas) {
        Service.Builder service = Service.builder("stigmem", composition.networkRoutes(), core.metrics)
                .authenticators(new ApiKeyAuthenticator(core.keys))
                .quotas(quotas)
                .errors(new WireErrors())
                .refusals(composition.refusals())
                .tlsOnly(NodeSettings.mutualTls(core.configuration) ? FactsNode::onlyOverTls : path -> false)
                .hosts(Set.copyOf(core.configuration.list("STIGMEM_ALLOWED_HOSTS")))
                .limits(Service.Limits.defaults().withOpenPerSecond((int)
                        Math.min(100_000, core.configuration.count("STIGMEM_RATE_LIMIT_OPEN_PER_SECOND"))));
        if (!core.configuration.flag("STIGMEM_AUTH_REQUIRED")) {
            service.anonymous(
                    new Principal("anon:trusted", "default", Set.of("read", "write", "federate", "source:any"), null));
        }
        return service.build();
    }

    /** Peer routes; the owner's token routes and manifest look-ups are for local callers too. */
    static boolean onlyOverTls(String path) {
        return path.startsWith("/v1/federation")
                && !path.startsWith("/v1/federation/capability-tokens")
                && !path.startsWith("/v1/federation/manifest/");
    }

    private static ReloadingTls loadTls(Configuration configuration, Path directory, Clock clock) {
        return ReloadingTls.load(
                new TlsFiles(
                        path(configuration, "STIGMEM_TLS_CERT_PATH", directory),
                        path(configuration, "STIGMEM_TLS_KEY_PATH", directory),
                        path(configuration, "STIGMEM_TLS_CA_BUNDLE", directory)),
                TlsPolicy.internal().with(PeerEvidence.names(configuration)),
                clock);
    }

    private static ConfiguredPath path(Configuration configuration, String setting, Path directory) {
        return new ConfiguredPath(directory.resolve(configuration.text(setting)), setting);
    }

    public int port() {
        return port;
    }

    /** 0 when the second listener is off, as it is without mutual TLS. */
    public int plainPort() {
        return plainPort;
    }

    /** Reads certificates again now instead of at the next look at the files. */
    public void reloadTls() {
        if (tls != null) {
            tls.reload();
        }
    }

    /** Blocks until the node stops. @return exit code: 0 after an orderly stop, 1 after a fatal fault */
    public int awaitExitCode() throws InterruptedException {
        try {
            return ended.get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void fail(Throwable cause) {
        LOG.error("the store failed; the process ends: check the disk, then run stigmem fsck and start again", cause);
        // The waiters get their answers first; then nothing of this process may be trusted to write again.
        Thread.ofPlatform().daemon().start(() -> {
            edge.drain(Duration.ofSeconds(2));
            ended.complete(1);
        });
    }

    @Override
    public void close() {
        edge.drain(DRAIN);
        edge.close();
        for (AutoCloseable resource : resources.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                LOG.warn("while stopping: {}", e.toString());
            }
        }
        try {
            RunFile.remove(core.file);
        } catch (IOException e) {
            LOG.warn("the run file of {} stays: {}", core.file, e.toString());
        }
        composition.close();
        ended.complete(0);
    }
}
