package bulwark.facts.node;

import bulwark.facts.FactsAuditEvents;
import bulwark.facts.admin.AdminKeys;
import bulwark.facts.admin.AuditRoutes;
import bulwark.facts.admin.KeyRoutes;
import bulwark.facts.capability.CapabilityRoutes;
import bulwark.facts.capability.CapabilityService;
import bulwark.facts.capability.CapabilityVerifier;
import bulwark.facts.chain.FactChain;
import bulwark.facts.fact.ConflictRoutes;
import bulwark.facts.fact.FactRoutes;
import bulwark.facts.fact.FactService;
import bulwark.facts.garden.GardenAccess;
import bulwark.facts.garden.GardenRoutes;
import bulwark.facts.garden.GardenService;
import bulwark.facts.graph.EdgeProjection;
import bulwark.facts.graph.GraphRoutes;
import bulwark.facts.identity.NodeIdentity;
import bulwark.facts.identity.NodeKeys;
import bulwark.facts.recall.Recall;
import bulwark.facts.recall.RecallIndex;
import bulwark.facts.recall.RecallLog;
import bulwark.facts.recall.RecallRoutes;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.outbox.Outbox;
import bulwark.kernel.evidence.signer.HeadSigner;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.SqliteStore;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.web.AuditedRoutes;
import bulwark.web.Route;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A fact node without its listeners. The program serves what is made here and tests call it, so that no route can be tested and
 * not served. Thread-safe.
 */
public final class NodeComposition implements AutoCloseable {
    private final NodeCore core;
    private final RecallIndex index;
    private final RecallLog recalls;
    private final GardenAccess gardens;
    private final FactService facts;
    private final List<Route> routes;

    /** Takes the core over and closes it. */
    NodeComposition(NodeCore core) {
        this.core = core;
        index = RecallIndex.of(
                core.store,
                NodeKeys.directory(core.file),
                core.heads.keys(),
                core.heads.storeId(),
                core.clock,
                this::indexRebuilt);
        recalls = RecallLog.open(core.store, core.clock);
        gardens = new GardenAccess(core.audit.guardedRows());
        facts = new FactService(
                core.store,
                core.audit,
                core.clock,
                core.metrics,
                gardens,
                core.keys,
                List.of(core.chain, new EdgeProjection(), index));
        routes = compose().stream().map(core.refusals::wrap).toList();
    }

    /**
     * Without a network: for commands and tests. Background work (outbox, chain, index) is not started.
     *
     * @param settings by name, instead of the environment
     * @param file the store
     */
    public static NodeComposition open(Map<String, String> settings, Path file, Clock clock) {
        Path folder = file.toAbsolutePath().resolveSibling("");
        Configuration configuration = Configuration.read(NodeSettings.schema(), settings, folder);
        return new NodeComposition(NodeCore.open(
                configuration, ConfiguredPath.unnamed(file), clock, SchemaPolicy.CREATE_OR_UPGRADE, Signing::fastest));
    }

    private void indexRebuilt(String reason) {
        core.metrics.count("stigmem_recall_index_rebuilt");
        core.audit.appendLater(FactsAuditEvents.RECALL_INDEX_REBUILT.event(
                null, NodeIdentity.TENANT, null, null, Map.of("reason", reason)));
    }

    private List<Route> compose() {
        List<Route> all = new ArrayList<>();
        all.addAll(nodeRoutes().routes());
        all.addAll(new FactRoutes(
                        facts,
                        core.store,
                        gardens,
                        tenant -> core.chain.prove(tenant).toJson(),
                        core.audit,
                        core.clock,
                        core.metrics)
                .routes());
        all.addAll(new ConflictRoutes(facts, core.store, core.audit, gardens, core.clock).routes());
        all.addAll(new GardenRoutes(gardenService()).routes());
        all.addAll(new RecallRoutes(recall()).routes());
        all.addAll(new GraphRoutes(core.store, gardens, core.clock).routes());
        all.addAll(new KeyRoutes(core.store, core.keys, core.audit, core.signing, core.submitter, core.clock).routes());
        all.addAll(new AuditRoutes(core.store, core.audit).routes());
        all.addAll(capabilityRoutes().routes());
        core.ownerRoutes.stream().filter(Route::network).forEach(all::add);
        return all;
    }

    private NodeRoutes nodeRoutes() {
        String nodeId = NodeId.of(core.store, core.configuration.text("STIGMEM_NODE_ID"));
        return new NodeRoutes(core.configuration, nodeId, core.metrics, core::evidenceProblem);
    }

    private GardenService gardenService() {
        URI nodeUrl = URI.create(core.configuration.text("STIGMEM_NODE_URL"));
        return new GardenService(core.store, core.audit, core.keys, core.clock, nodeUrl);
    }

    private Recall recall() {
        return new Recall(
                core.store, index, facts.cache(), gardens, core.chain, core.audit, recalls, core.clock, core.metrics);
    }

    private CapabilityRoutes capabilityRoutes() {
        return new CapabilityRoutes(
                new CapabilityService(
                        core.store, core.audit, core.keys, core.submitter, core.identity, core.signing, core.clock),
                new CapabilityVerifier(core.store, core.audit, core.identity, core.metrics, core.clock));
    }

    AuditedRoutes refusals() {
        return core.refusals;
    }

    /** What the network listeners serve; each leaves evidence of what it refuses. */
    public List<Route> networkRoutes() {
        return routes;
    }

    /** Of the network and of the owner's socket. */
    public List<Route> allRoutes() {
        return Stream.concat(routes.stream(), core.ownerRoutes.stream().filter(route -> !route.network()))
                .toList();
    }

    public SqliteStore store() {
        return core.store;
    }

    public AuditLog audit() {
        return core.audit;
    }

    public Metrics metrics() {
        return core.metrics;
    }

    public Outbox outbox() {
        return core.outbox;
    }

    public HeadSigner heads() {
        return core.heads;
    }

    public TransparencyLog log() {
        return core.log;
    }

    public FactChain chain() {
        return core.chain;
    }

    public NodeIdentity identity() {
        return core.identity;
    }

    public ApiKeys keys() {
        return core.keys;
    }

    public AdminKeys adminKeys() {
        return core.adminKeys;
    }

    public FactService facts() {
        return facts;
    }

    public RecallIndex index() {
        return index;
    }

    public RecallLog recalls() {
        return recalls;
    }

    @Override
    public void close() {
        recalls.close();
        index.close();
        core.close();
    }
}
