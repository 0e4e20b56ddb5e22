package bulwark.facts.capability;

import static bulwark.web.ApiRefusal.Kind.CONFLICT;
import static bulwark.web.ApiRefusal.Kind.FORBIDDEN;
import static bulwark.web.ApiRefusal.Kind.INVALID;
import static bulwark.web.ApiRefusal.Kind.NOT_FOUND;

import bulwark.facts.AccessTables;
import bulwark.facts.CallerKeyCheck;
import bulwark.facts.FactsAuditEvents;
import bulwark.facts.identity.Manifest;
import bulwark.facts.identity.NodeIdentity;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.outbox.LogSubmitter;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.web.ApiRefusal;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Issues and revokes capability tokens with the issuer key; {@link CapabilityVerifier} judges them. Thread-safe. */
public final class CapabilityService {
    private final Store store;
    private final AuditLog audit;
    private final ApiKeys keys;
    private final LogSubmitter submitter;
    private final NodeIdentity identity;
    private final Signing signing;
    private final Clock clock;

    public CapabilityService(
            Store store,
            AuditLog audit,
            ApiKeys keys,
            LogSubmitter submitter,
            NodeIdentity identity,
            Signing signing,
            Clock clock) {
        this.store = store;
        this.audit = audit;
        this.keys = keys;
        this.submitter = submitter;
        this.identity = identity;
        this.signing = signing;
        this.clock = clock;
    }

    /** @throws ApiRefusal when issuer or subject cannot be vouched for */
    CapabilityToken issue(Principal caller, CapabilityRequest grant) {
        Instant now = Timestamps.toMicros(clock.instant());
        CapabilityToken token = sign(grant, now);
        return store.write(tx -> {
            CallerKeyCheck.require(keys, caller);
            checkIssuer(caller, grant, now);
            checkSubject(tx, caller, grant, now);
            CapabilityRow.insert(tx, token, caller.tenant(), caller.entityUri());
            audit(
                    tx,
                    event(FactsAuditEvents.CAPABILITY_TOKEN_ISSUE, "capability_issued", caller, token, Map.of()),
                    token);
            return token;
        });
    }

    /** @return when it was revoked, offset form @throws ApiRefusal when it is unknown, not the caller's to revoke, or revoked */
    String revoke(Principal caller, String tokenId, String reason) {
        String now = Timestamps.offset(clock.instant());
        return store.write(tx -> {
            CallerKeyCheck.require(keys, caller);
            CapabilityRow row = CapabilityRow.find(tx, tokenId)
                    .filter(found -> found.tenant().equals(caller.tenant()))
                    .orElseThrow(() -> new ApiRefusal(NOT_FOUND, "token_not_found", "capability token not found"));
            checkMayRevoke(caller, row);
            if (row.revokedAt() != null) {
                throw new ApiRefusal(CONFLICT, "token_already_revoked", "token already revoked");
            }
            CapabilityRow.revoke(tx, tokenId, now, caller.entityUri(), reason);
            submitter.enqueue(
                    tx, "capability_revocation:" + tokenId, revocation(tokenId, caller.entityUri(), now, reason));
            CapabilityToken token = CapabilityToken.parse(row.tokenJson()).orElseThrow();
            audit(
                    tx,
                    event(
                            FactsAuditEvents.CAPABILITY_TOKEN_REVOKE,
                            "capability_revoked",
                            caller,
                            token,
                            Map.of("reason", reason)),
                    token);
            return now;
        });
    }

    private void audit(WriteTx tx, AuditEvent event, CapabilityToken token) throws SQLException {
        audit.guardedRows().append(tx, event, AccessTables.CAPABILITY_TOKENS, token.id());
    }

    private void checkIssuer(Principal caller, CapabilityRequest grant, Instant now) {
        if (caller.isLimited()) {
            throw new ApiRefusal(
                    FORBIDDEN,
                    "scope_not_granted",
                    "a key that is limited to scopes issues no capability tokens, which may name facts of any scope: use a key without this limit",
                    Map.of("field", "scopes"));
        }
        boolean own = grant.issuer().equals(caller.entityUri());
        boolean forNode = caller.permissions().contains("admin")
                && (grant.issuer().equals(identity.nodeUrl()) || grant.issuer().equals(identity.issuerEntity()));
        if (!own && !forNode) {
            throw new ApiRefusal(FORBIDDEN, "foreign_issuer", "issuer must match the authenticated caller entity_uri");
        }
        Manifest issuer = identity.published().issuer();
        boolean known = issuer.entities().contains(grant.issuer()) && now.isBefore(Instant.parse(issuer.expiresAt()));
        if (!known) {
            throw new ApiRefusal(
                    INVALID,
                    "issuer_manifest_not_found",
                    "issuer manifest not found or expired for '" + grant.issuer() + "' — issue as "
                            + identity.issuerEntity());
        }
    }

    private void checkSubject(WriteTx tx, Principal caller, CapabilityRequest grant, Instant now) throws SQLException {
        boolean known = identity.published().issuer().entities().contains(grant.subject())
                || CapabilityRow.holdsKey(tx, grant.subject(), caller.tenant(), Timestamps.offset(now));
        if (!known) {
            throw new ApiRefusal(
                    FORBIDDEN,
                    "unknown_subject",
                    "subject '" + grant.subject()
                            + "' is neither an entity of the issuer manifest nor the holder of an API key of this node");
        }
    }

    private static void checkMayRevoke(Principal caller, CapabilityRow row) {
        String entity = caller.entityUri();
        boolean allowed = entity.equals(row.issuer())
                || entity.equals(row.subject())
                || entity.equals(row.issuedBy())
                || (caller.permissions().contains("admin") && !caller.isLimited());
        if (!allowed) {
            throw new ApiRefusal(
                    FORBIDDEN, "revocation_not_yours", "only the issuer or the subject may revoke a capability token");
        }
    }

    private CapabilityToken sign(CapabilityRequest grant, Instant now) {
        Ed25519Signer key = identity.keys().issuer().signer();
        Map<String, String> members = new LinkedHashMap<>();
        members.put("token_id", UUID.randomUUID().toString());
        members.put("issuer", grant.issuer());
        members.put("subject", grant.subject());
        members.put("verb", grant.verb());
        members.put("object", grant.object());
        members.put("issued_at", Timestamps.offset(now));
        members.put("expiry", Timestamps.offset(now.plusSeconds(grant.ttlSeconds())));
        members.put("nonce", HexFormat.of().formatHex(signing.random32().expose(SecretAccess.grant())));
        members.put("key_id", key.keyId());
        return CapabilityToken.sign(members, key);
    }

    private Map<String, @Nullable Object> revocation(String tokenId, String by, String at, String reason) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("token_id", tokenId);
        members.put("revoked_by", by);
        members.put("revoked_at", at);
        members.put("reason", reason);
        members.put(
                "signature", Base64Url.text(identity.keys().issuer().signer().sign(CanonicalJson.bytes(members))));
        return members;
    }

    private static AuditEvent event(
            AuditEventType type, String formerName, Principal caller, CapabilityToken token, Map<String, String> more) {
        Map<String, Object> detail = new LinkedHashMap<>(more);
        detail.put("event", formerName);
        detail.put("token_id", token.id());
        for (String member : new String[] {"issuer", "subject", "verb", "object", "expiry", "key_id"}) {
            detail.put(member, token.text(member));
        }
        return type.event(caller.entityUri(), caller.tenant(), null, null, detail);
    }
}
