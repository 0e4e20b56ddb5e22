package bulwark.facts;

import static bulwark.kernel.evidence.audit.AuditEventType.of;
import static bulwark.kernel.evidence.audit.AuditEventType.ofAction;

import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.GuardedRows;
import bulwark.web.EdgeAuditEvents;
import java.util.List;
import java.util.stream.Stream;

/** Every audit event of the fact node. The names are those on the wire. */
public final class FactsAuditEvents {
    private static final String ADMIN = "admin_action";

    public static final AuditEventType FACT_WRITE =
            of("fact_write", "a fact was stored, in the same transaction", "cid", "record_hash", "write_mode");
    public static final AuditEventType FACT_READ = of(
            "fact_read",
            "a fact, a page of facts or the answer of a recall was given out",
            "returned",
            "recall_id",
            "query_hash",
            "scope",
            "token_budget",
            "facts_returned",
            "tokens_used",
            "truncated");
    public static final AuditEventType FACT_CHAIN_MISMATCH = of(
            "fact_chain_mismatch",
            "the chain of facts was found changed, by a read that verifies or by the re-scan",
            "mismatch_reason",
            "chain_seq");
    public static final AuditEventType INTEGRITY_FINDING =
            of("integrity_finding", "a row that decides about access was found to differ from its evidence", "finding");
    public static final AuditEventType RECALL_INDEX_REBUILT = of(
            "recall_index_rebuilt",
            "the search index was made anew from the facts, because its files were missing, damaged or not the node's own",
            "reason");
    public static final AuditEventType OUTBOX_ROW_REFUSED = of(
            "outbox_row_refused",
            "a row of the outbox was not carried out, because the node did not write it",
            "outbox_row",
            "kind",
            "reason");
    public static final AuditEventType MANIFEST_PUBLISH = of(
            "manifest_publish",
            "the node published a new identity manifest",
            "leaf_hash",
            "entity_uri",
            "key_id",
            "expires_at");
    public static final AuditEventType KEY_ROTATION = of(
            "key_rotation",
            "a key of the node was replaced",
            "kind",
            "entity_uri",
            "old_key_id",
            "new_key_id",
            "dual_trust_expires_at");
    public static final AuditEventType KEY_DISTRUSTED = of(
            "key_distrusted",
            "the owner distrusted a key of the node with immediate effect",
            "kind",
            "key_id",
            "reason",
            "signed_by");
    public static final AuditEventType CAPABILITY_TOKEN_ISSUE =
            capability("capability_token_issue", "a capability token was issued");
    public static final AuditEventType CAPABILITY_TOKEN_REVOKE =
            capability("capability_token_revoke", "a capability token was revoked");
    public static final AuditEventType CAPABILITY_VERIFIED =
            of("capability_verified", "a capability token was verified and is valid", "result", "token_id");
    public static final AuditEventType CAPABILITY_REJECTED = of(
            "capability_rejected",
            "a capability token was verified and is not valid",
            "result",
            "token_id",
            "token_id_sha256");
    public static final AuditEventType API_KEY_REGISTER = ofAction(
            ADMIN,
            "api_key_register",
            "an API key was made or registered",
            "new_key_id",
            "target_entity_uri",
            "permissions",
            "has_expiry",
            "bound_to",
            "scopes");
    public static final AuditEventType API_KEY_REVOKE =
            ofAction(ADMIN, "api_key_revoke", "an API key was revoked", "key_id", "target_entity_uri");
    public static final AuditEventType CONFLICT_RESOLVE =
            ofAction(ADMIN, "conflict_resolve", "somebody decided a contradiction", "conflict_id", "winner", "note");
    public static final AuditEventType GARDEN_CREATE =
            ofAction(ADMIN, "garden_create", "a garden was created", "garden", "scope");
    public static final AuditEventType GARDEN_DELETE =
            ofAction(ADMIN, "garden_delete", "a garden was deleted", "garden");
    public static final AuditEventType GARDEN_MEMBER_ADD =
            ofAction(ADMIN, "garden_member_add", "a member joined a garden", "garden", "entity_uri", "role");
    public static final AuditEventType GARDEN_MEMBER_UPDATE =
            ofAction(ADMIN, "garden_member_update", "the role of a member changed", "garden", "entity_uri", "role");
    public static final AuditEventType GARDEN_MEMBER_REMOVE =
            ofAction(ADMIN, "garden_member_remove", "a member was removed from a garden", "garden", "entity_uri");
    public static final AuditEventType AUDIT_EXPORT = ofAction(
            ADMIN,
            "audit_export",
            "a signed export of an audit table was written",
            "table",
            "rows",
            "last_seq",
            "footer_hash",
            "file");
    public static final AuditEventType SNAPSHOT_CREATE =
            ofAction(ADMIN, "snapshot_create", "a snapshot was written", "file", "database", "signer_pubkey");
    public static final AuditEventType SNAPSHOT_RESTORE = ofAction(
            ADMIN,
            "snapshot_restore",
            "the store was restored from a snapshot",
            "snapshot_created_at",
            "signer_pubkey",
            "lost_facts",
            "lost_audit_rows",
            "lost_access",
            "kept_revocations",
            "revived");
    public static final AuditEventType RESTORE_KEPT_REVOCATION = ofAction(
            ADMIN,
            "restore_kept_revocation",
            "a restore kept the revocation of a row that the snapshot would have revived",
            "row");
    public static final AuditEventType EVIDENCE_LOSS_ACCEPTED = ofAction(
            ADMIN, "evidence_loss_accepted", "the operator started the node although evidence was lost", "lost");

    private static final List<AuditEventType> OWN = List.of(
            FACT_WRITE,
            FACT_READ,
            FACT_CHAIN_MISMATCH,
            INTEGRITY_FINDING,
            RECALL_INDEX_REBUILT,
            OUTBOX_ROW_REFUSED,
            MANIFEST_PUBLISH,
            KEY_ROTATION,
            KEY_DISTRUSTED,
            CAPABILITY_TOKEN_ISSUE,
            CAPABILITY_TOKEN_REVOKE,
            CAPABILITY_VERIFIED,
            CAPABILITY_REJECTED,
            API_KEY_REGISTER,
            API_KEY_REVOKE,
            CONFLICT_RESOLVE,
            GARDEN_CREATE,
            GARDEN_DELETE,
            GARDEN_MEMBER_ADD,
            GARDEN_MEMBER_UPDATE,
            GARDEN_MEMBER_REMOVE,
            AUDIT_EXPORT,
            SNAPSHOT_CREATE,
            SNAPSHOT_RESTORE,
            RESTORE_KEPT_REVOCATION,
            EVIDENCE_LOSS_ACCEPTED,
            GuardedRows.BASELINE);

    public static final List<AuditEventType> ALL =
            Stream.concat(OWN.stream(), EdgeAuditEvents.ALL.stream()).toList();

    private FactsAuditEvents() {}

    private static AuditEventType capability(String name, String written) {
        return of(
                name,
                written,
                "event",
                "token_id",
                "issuer",
                "subject",
                "verb",
                "object",
                "expiry",
                "key_id",
                "reason");
    }
}
