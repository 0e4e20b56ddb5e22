package bulwark.facts.node;

import bulwark.facts.AccessBaseline;
import bulwark.facts.FactsAuditEvents;
import bulwark.facts.FactsAuditTables;
import bulwark.facts.WireErrors;
import bulwark.facts.admin.AdminKeys;
import bulwark.facts.admin.ObserverKeys;
import bulwark.facts.chain.ChainCheckpoints;
import bulwark.facts.chain.DerivedCheck;
import bulwark.facts.chain.FactChain;
import bulwark.facts.chain.FactEvidence;
import bulwark.facts.export.ExportRoutes;
import bulwark.facts.export.NodeExport;
import bulwark.facts.graph.EdgeCheck;
import bulwark.facts.identity.IdentityRoutes;
import bulwark.facts.identity.IdentitySettings;
import bulwark.facts.identity.LogKeyRotation;
import bulwark.facts.identity.NodeIdentity;
import bulwark.facts.identity.NodeKeys;
import bulwark.facts.identity.Rotation;
import bulwark.facts.snapshot.SnapshotRoutes;
import bulwark.facts.snapshot.Snapshots;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditPages;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.outbox.LogSubmitter;
import bulwark.kernel.evidence.outbox.Outbox;
import bulwark.kernel.evidence.signer.HeadSigner;
import bulwark.kernel.evidence.signer.StoreOpening;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.process.PeerProcess;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ForeignStore;
import bulwark.kernel.storage.SqliteStore;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.StoreRefused;
import bulwark.web.AuditedRoutes;
import bulwark.web.LocalAdminClient;
import bulwark.web.LocalGuard;
import bulwark.web.LocalSocket;
import bulwark.web.Route;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything of a node that needs no listener: store, evidence, keys, chain. A running node and an owner's command on a stopped
 * one stand on the same core and answer the same owner routes. Thread-safe.
 */
final class NodeCore implements LocalAdminClient.StoppedStore {
    static final Duration RESCAN_INTERVAL = Duration.ofMinutes(10);
    private static final int RESCAN_PAGE = 250;
    /** A head is signed at most ten seconds after it moved. */
    private static final Duration HEADS_INTERVAL = Duration.ofSeconds(8);

    final Configuration configuration;
    final Path file;
    final Clock clock;
    final Signing signing;
    final Metrics metrics = new Metrics(NodeMetrics.descriptions());
    final SqliteStore store;
    final AuditLog audit;
    final AuditLog federationAudit;
    final TransparencyLog log;
    final Outbox outbox;
    final HeadSigner heads;
    final LogSubmitter submitter;
    final NodeIdentity identity;
    final ApiKeys keys;
    final AdminKeys adminKeys;
    final FactChain chain;
    final AuditedRoutes refusals;
    final List<Route> ownerRoutes;

    private NodeCore(
            Configuration configuration,
            ConfiguredPath database,
            Clock clock,
            SchemaPolicy policy,
            Supplier<Signing> loading) {
        this.configuration = configuration;
        this.file = database.path().toAbsolutePath();
        this.clock = clock;
        store = database.open(path -> openStore(path, policy));
        audit = AuditLog.open(store, FactsAuditTables.FACT_AUDIT_LOG, clock);
        refusals = new AuditedRoutes(audit, metrics, NodeMetrics.PREFIX);
        federationAudit = AuditLog.open(store, FactsAuditTables.FEDERATION_AUDIT, clock);
        keys = ApiKeys.open(store, clock, Duration.ofDays(configuration.count("STIGMEM_API_KEY_MAX_AGE_DAYS")));
        keys.honourOnly(new AuditedKeyGuard(audit.guardedRows(), metrics));
        outbox = Outbox.open(store, clock);
        try {
            // As late as may be: the library loads on another thread meanwhile.
            signing = loading.get();
            NodeKeys rings = database.open(path -> NodeKeys.open(path, signing, clock));
            log = configuredLog().open(rings.node()::signer, clock);
            LogKeys logKeys = database.open(path -> LogKeys.open(NodeKeys.directory(path), signing, clock));
            // Before anything is written: what is signed later is what was found whole here.
            StoreOpening.Opened opened = StoreOpening.open(
                    store,
                    log,
                    evidence(configuration, file),
                    logKeys,
                    clock,
                    acceptance(),
                    FactEvidence.unsigned(localLog()),
                    audit);
            heads = opened.signer();
            recordAcceptedLoss(opened.acceptedLoss());
            AccessBaseline.write(store, audit);
            submitter = new LogSubmitter(store, outbox, log, logKeys);
            if (opened.upgraded()) {
                submitter.sealOpenRows();
            }
            identity =
                    NodeIdentity.start(store, audit, submitter, rings, signing, clock, identitySettings(configuration));
            adminKeys = new AdminKeys(store, keys, audit, signing, submitter, clock);
            Duration retry = Duration.ofSeconds(configuration.count("STIGMEM_FACT_CHAIN_CHECKPOINT_RETRY_S"));
            ChainCheckpoints checkpoints =
                    new ChainCheckpoints(store, outbox, log, clock, checkpointsDue(configuration), heads, retry);
            chain = new FactChain(store, audit, clock, metrics, checkpoints, RESCAN_INTERVAL, derived());
            watchHeads();
            ownerRoutes = ownerRoutes();
        } catch (RuntimeException e) {
            closeStore();
            throw e;
        }
    }

    private static SqliteStore openStore(Path file, SchemaPolicy policy) {
        try {
            return Store.open(file, FactsSchema.MIGRATIONS, policy);
        } catch (ForeignStore foreign) {
            throw new StoreRefused(
                    foreign.getMessage() + " The facts of an original Stigmem are carried over through the API.");
        }
    }

    /** What the re-scan compares besides the chain: the same as {@code fsck}, a page at a time. */
    private List<DerivedCheck> derived() {
        return List.of(
                new DerivedCheck("audit_mismatch", () -> auditPages(audit)),
                new DerivedCheck("audit_mismatch", () -> auditPages(federationAudit)),
                new DerivedCheck("edge_mismatch", () -> {
                    EdgeCheck walk = new EdgeCheck();
                    return () -> store.read(tx -> Optional.ofNullable(walk.next(tx, RESCAN_PAGE)))
                            .orElse(null);
                }),
                DerivedCheck.ofOneRead("schema_mismatch", () -> store.schemaCheck(FactsSchema.MIGRATIONS)));
    }

    /** A row of an audit log that is not what was written also ends the signing of heads and turns health red. */
    private DerivedCheck.Pages auditPages(AuditLog log) {
        AuditPages pages = log.guardedRows().pages(store);
        return () -> {
            List<String> found = pages.next();
            if (found != null) {
                found.stream().findFirst().ifPresent(heads::report);
            }
            return found;
        };
    }

    /** @param signing asked once the store is open */
    static NodeCore open(
            Configuration configuration,
            ConfiguredPath database,
            Clock clock,
            SchemaPolicy policy,
            Supplier<Signing> signing) {
        return new NodeCore(configuration, database, clock, policy, signing);
    }

    /** What vouches for a store, and where. */
    static EvidenceScope evidence(Configuration configuration, Path store) {
        Path file = store.toAbsolutePath();
        boolean local = configuration.text("STIGMEM_TL_BACKEND").equals("local");
        boolean second = configuration.isSet("STIGMEM_HEAD_PATH");
        return FactEvidence.scope(
                NodeKeys.directory(file),
                local ? beside(file, configuration, "STIGMEM_TL_LOCAL_PATH") : null,
                second ? beside(file, configuration, "STIGMEM_HEAD_PATH") : null);
    }

    private static ConfiguredPath beside(Path store, Configuration configuration, String setting) {
        return new ConfiguredPath(store.resolveSibling(configuration.text(setting)), setting);
    }

    private StoreOpening.Acceptance acceptance() {
        String name = "STIGMEM_ACCEPT_EVIDENCE_LOSS";
        return new StoreOpening.Acceptance(name, configuration.text(name));
    }

    private void recordAcceptedLoss(List<String> lost) {
        if (!lost.isEmpty()) {
            Map<String, Object> detail = Map.of("action", "evidence_loss_accepted", "lost", lost);
            AuditEvent event =
                    FactsAuditEvents.EVIDENCE_LOSS_ACCEPTED.event(null, NodeIdentity.TENANT, null, null, detail);
            store.write(tx -> audit.append(tx, event));
        }
    }

    private void watchHeads() {
        heads.expect("fact_chain", chain::written);
        heads.expect("fact_audit_log", audit::written);
        heads.expect("federation_audit", federationAudit::written);
        heads.onFinding(sentence -> {
            if (sentence.startsWith("fact_audit_log:")) {
                audit.distrust(sentence);
            }
            chain.distrust(sentence);
        });
        outbox.onRefused((id, kind, sentence) -> {
            Map<String, Object> detail = Map.of("outbox_row", id, "kind", kind, "reason", sentence);
            metrics.count("stigmem_outbox_row_refused", "kind", kind);
            audit.appendLater(FactsAuditEvents.OUTBOX_ROW_REFUSED.event(null, NodeIdentity.TENANT, null, null, detail));
        });
    }

    /** Signs heads at an interval from now on. With a log beyond this machine as seldom as checkpoints go there. */
    void startHeads() {
        heads.start(configuredLog().isRekor() ? checkpointsDue(configuration).age() : HEADS_INTERVAL);
    }

    /** Why evidence cannot be written or believed, or what the process cannot do without fails, for health; null when all is well. */
    @Nullable
    String evidenceProblem() {
        String problem = heads.problem();
        problem = problem != null ? problem : audit.problem();
        problem = problem != null ? problem : federationAudit.problem();
        problem = problem != null ? problem : outbox.problem();
        List<String> threads = problem != null ? List.of() : EssentialThread.problems();
        return threads.isEmpty() ? problem : threads.getFirst();
    }

    NodeLog configuredLog() {
        return new NodeLog(configuration, file);
    }

    /** The local log's file, or null with another backend. */
    @Nullable
    Path localLog() {
        return configuredLog().localFile();
    }

    private static ChainCheckpoints.CheckpointPolicy checkpointsDue(Configuration configuration) {
        return new ChainCheckpoints.CheckpointPolicy(
                (int) configuration.count("STIGMEM_FACT_CHAIN_CHECKPOINT_INTERVAL"),
                Duration.ofSeconds(configuration.count("STIGMEM_FACT_CHAIN_CHECKPOINT_MAX_AGE_S")));
    }

    private static IdentitySettings identitySettings(Configuration configuration) {
        return new IdentitySettings(
                configuration.text("STIGMEM_NODE_URL"),
                configuration.secret("STIGMEM_NODE_PRIVATE_KEY"),
                configuration.secret("STIGMEM_ISSUER_PRIVATE_KEY"));
    }

    private List<Route> ownerRoutes() {
        List<Route> routes = new ArrayList<>();
        routes.addAll(
                new IdentityRoutes(identity, new Rotation(identity), new LogKeyRotation(identity, heads)).routes());
        routes.addAll(adminKeys.routes());
        routes.addAll(new ObserverKeys(store, keys, audit, signing, submitter, clock).routes());
        List<AuditLog> tables = List.of(audit, federationAudit);
        routes.addAll(new ExportRoutes(NodeExport.of(store, audit, tables, identity, clock)).routes());
        routes.addAll(new SnapshotRoutes(new Snapshots(store, audit, identity, localLog(), clock)).routes());
        routes.addAll(new FsckRoutes(this).routes());
        routes.addAll(new LogRoutes(this).routes());
        return List.copyOf(routes);
    }

    /** Serves the owner's routes to the owner's processes. */
    @Override
    public LocalSocket serveOwner(Path socket) {
        return LocalSocket.listen(
                socket,
                ownerRoutes,
                new WireErrors(),
                LocalSocket.Limits.DEFAULT,
                new LocalGuard(new OwnerProcesses(PeerProcess.weAreConfined())::refusal, refusals));
    }

    @Override
    public void close() {
        chain.close();
        outbox.close();
        audit.close();
        federationAudit.close();
        heads.close();
        store.close();
        log.close();
    }

    private void closeStore() {
        outbox.close();
        audit.close();
        federationAudit.close();
        store.close();
    }
}
