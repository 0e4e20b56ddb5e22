package bulwark.facts.chain;

import bulwark.facts.FactsAuditTables;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.audit.ChainTable;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.HashChain;
import bulwark.kernel.evidence.heads.LogClaims;
import bulwark.kernel.evidence.signer.StoreOpening;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which tables of a fact store are chains, and which say what stands in the transparency log. */
public final class FactEvidence {
    private static final List<HashChain> CHAINS = List.of(
            new ChainTable("fact_chain", "chain_seq", "previous_hash", "chain_hash", ChainRescanner.TENANT),
            new ChainTable("fact_journal", "seq", "prev_hash", "journal_hash", null),
            ChainTable.audit(FactsAuditTables.FACT_AUDIT_LOG),
            ChainTable.audit(FactsAuditTables.FEDERATION_AUDIT));
    private static final LogClaims CHECKPOINTS = new LogClaims(
            "fact_chain_checkpoints", "tl_log_index", "tl_leaf_hash", "status = 'submitted' AND tl_backend = 'local'");
    // The id of a local log has 16 digits.
    private static final LogClaims ANCHORS =
            new LogClaims("log_anchors", "log_index", "leaf_hash", "length(log_id) = 16");

    private FactEvidence() {}

    /**
     * @param keyFolder folder of the store's key rings
     * @param localLog file of the local log, or null with another backend
     * @param headPath {@code STIGMEM_HEAD_PATH}, or null
     */
    public static EvidenceScope scope(
            Path keyFolder, @Nullable ConfiguredPath localLog, @Nullable ConfiguredPath headPath) {
        return new EvidenceScope(keyFolder, localLog, headPath, CHAINS, List.of(CHECKPOINTS, ANCHORS));
    }

    /** How a store is judged that was never signed. */
    public static StoreOpening.UnsignedEvidence unsigned(@Nullable Path localLog) {
        return tx -> UnsignedCheckpoints.check(tx, localLog, ChainRescanner.TENANT);
    }
}
