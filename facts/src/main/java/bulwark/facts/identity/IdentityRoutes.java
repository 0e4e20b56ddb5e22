package bulwark.facts.identity;

import static bulwark.web.ApiRefusal.Kind.INVALID;
import static bulwark.web.ApiRefusal.Kind.NOT_FOUND;

import bulwark.kernel.evidence.log.LogAnchor;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.time.Timestamps;
import bulwark.web.ApiRefusal;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The manifest in public, any stored manifest for readers, and the owner's rotation. */
public final class IdentityRoutes {
    private static final long DEFAULT_DUAL_TRUST_DAYS = 90;
    private static final long BYTES_PER_EVENT = 4096;

    private final NodeIdentity identity;
    private final Rotation rotation;
    private final KeyDistrust distrust;
    private final LogKeyRotation logKey;

    public IdentityRoutes(NodeIdentity identity, Rotation rotation, LogKeyRotation logKey) {
        this.identity = identity;
        this.rotation = rotation;
        this.distrust = new KeyDistrust(identity);
        this.logKey = logKey;
    }

    public List<Route> routes() {
        return List.of(
                Route.open("GET", "/.well-known/stigmem-manifest.json", this::manifest)
                        .onEventLoop(),
                Route.open("GET", "/.well-known/stigmem-manifest-proof.json", this::proof),
                Route.permitted("GET", "/v1/federation/manifest/{uri}", "read", "fact_read", this::stored),
                Route.owner("POST", "/local/identity/rotate", this::rotate),
                Route.owner("POST", "/local/identity/keys", this::keys),
                Route.owner("POST", "/local/identity/delete-seed", this::deleteSeed),
                Route.owner("POST", "/local/identity/distrust", this::distrust));
    }

    private Response manifest(Request request) {
        return Response.jsonBytes(200, identity.published().body());
    }

    private Response proof(Request request) {
        PublishedIdentity published = identity.published();
        Map<String, @Nullable Object> members = proof(published.node());
        members.put("issuer", proof(published.issuer()));
        return Response.json(200, members);
    }

    private Map<String, @Nullable Object> proof(Manifest manifest) {
        Optional<LogAnchor> anchor = identity.submitter().find(manifest.logKey());
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("entity_uri", manifest.entityUri());
        members.put("key_id", manifest.keyId());
        members.put("leaf_hash", manifest.leafHash());
        members.put("tl_backend", identity.submitter().log().backend());
        members.put("log_entry", anchor.map(LogAnchor::members).orElse(null));
        members.put("inclusion_proof", anchor.map(LogAnchor::inclusionProof).orElse(null));
        return members;
    }

    private Response stored(Request request) {
        String uri = request.pathParameter("uri");
        Manifest manifest = identity.served(uri)
                .filter(found -> identity.clock().instant().isBefore(found.expires()))
                .orElseThrow(() -> new ApiRefusal(NOT_FOUND, "manifest_not_found", "manifest not found or expired"));
        request.memory().take(cost(manifest));
        PublishedIdentity published = identity.published();
        Map<String, @Nullable Object> members =
                new LinkedHashMap<>(uri.equals(published.node().entityUri()) ? published.wire() : manifest.members());
        members.put(
                "log_entry",
                identity.submitter()
                        .find(manifest.logKey())
                        .map(LogAnchor::members)
                        .orElse(null));
        return Response.json(200, members);
    }

    /** Bytes of the answer, as members and as text. */
    private static long cost(Manifest manifest) {
        long entities = manifest.entities().stream().mapToLong(String::length).sum();
        return BYTES_PER_EVENT * (1L + manifest.rotationEvents().size()) + 4 * entities;
    }

    private Response keys(Request request) {
        List<Map<String, @Nullable Object>> listed = new ArrayList<>();
        for (KeyKind kind : KeyKind.values()) {
            kind.ring(identity.keys()).entries().forEach(entry -> listed.add(listed(kind.wire(), entry)));
        }
        logKey.entries().forEach(entry -> listed.add(listed(LogKeyRotation.KIND, entry)));
        return Response.json(200, Map.of("keys", listed));
    }

    private static Map<String, @Nullable Object> listed(String kind, KeyEntry entry) {
        Map<String, @Nullable Object> key = new LinkedHashMap<>();
        key.put("kind", kind);
        key.put("key_id", entry.id());
        key.put("status", entry.status().name().toLowerCase(Locale.ROOT));
        key.put("created", Timestamps.zulu(entry.created()));
        key.put("trusted_until", entry.trustedUntil() == null ? null : Timestamps.zulu(entry.trustedUntil()));
        return key;
    }

    private Response distrust(Request request) {
        JsonNode body = StrictJson.parse(request.body());
        String keyId = body.path("key_id").stringValue("");
        String reason = body.path("reason").stringValue("");
        String kind = LogKeyRotation.KIND;
        if (logKey.holds(keyId)) {
            logKey.distrust(keyId, reason);
        } else {
            kind = distrust.distrust(keyId, reason).wire();
        }
        return Response.json(200, Map.of("kind", kind, "key_id", keyId, "status", "distrusted"));
    }

    private Response deleteSeed(Request request) {
        String keyId = StrictJson.parse(request.body()).path("key_id").stringValue("");
        return Response.json(200, Map.of("kind", distrust.deleteSeed(keyId).wire(), "key_id", keyId));
    }

    private Response rotate(Request request) {
        JsonNode body = StrictJson.parse(request.body());
        String named = body.path("kind").stringValue("");
        JsonNode days = body.path("dual_trust_days");
        if (!days.isMissingNode() && !days.canConvertToLong()) {
            throw new ApiRefusal(INVALID, "invalid_dual_trust_days", "dual_trust_days must be a whole number");
        }
        if (named.equals(LogKeyRotation.KIND)) {
            return Response.json(200, logKey.rotate(body.path("dry_run").booleanValue(false)));
        }
        KeyKind kind = KeyKind.of(named)
                .orElseThrow(() -> new ApiRefusal(INVALID, "unknown_key_kind", "kind must be node, issuer or log"));
        RotationResult answer = rotation.rotate(
                kind, body.path("dry_run").booleanValue(false), days.longValue(DEFAULT_DUAL_TRUST_DAYS));
        return Response.json(200, answer.json());
    }
}
