package bulwark.facts.node;

import bulwark.facts.AccessTables;
import bulwark.facts.FactsAuditTables;
import bulwark.facts.chain.FactFsck;
import bulwark.facts.graph.EdgeCheck;
import bulwark.facts.identity.NodeKeys;
import bulwark.facts.recall.RecallIndex;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.GuardedRows;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadableStore;
import java.nio.file.Path;

/** The checks of everything durable that a node has, for a running one and for one at rest. They only read. */
final class NodeFsck {
    private NodeFsck() {}

    /**
     * @param log looks at the log itself
     * @param heads sets the store against its log, its key folder and its second place
     */
    static Fsck of(ReadableStore store, Path file, String backend, Fsck.Check log, Fsck.Check heads) {
        return new Fsck()
                .check("the store file " + file, store::integrityCheck)
                .check("tables, triggers and migrations", () -> store.schemaCheck(FactsSchema.MIGRATIONS))
                .check(
                        "facts, journal, chain, content ids, conflicts and checkpoints",
                        () -> store.read(FactFsck::check))
                .check("edges", () -> store.read(EdgeCheck::problems))
                .check(
                        "API keys, capability tokens, gardens, members, manifests and key rotations against the audit log",
                        () -> store.read(
                                tx -> GuardedRows.check(tx, FactsAuditTables.FACT_AUDIT_LOG, AccessTables.ALL)))
                .check(
                        "fact_audit_log",
                        () -> store.read(tx -> AuditLog.fsckTable(tx, FactsAuditTables.FACT_AUDIT_LOG)))
                .check(
                        "federation_audit",
                        () -> store.read(tx -> AuditLog.fsckTable(tx, FactsAuditTables.FEDERATION_AUDIT)))
                .check("the search index", () -> RecallIndex.fsck(file, NodeKeys.directory(file), Signing.fastest()))
                .check("the transparency log (" + backend + ")", log)
                .check("signed heads in the log, the key folder and the second place", heads);
    }
}
