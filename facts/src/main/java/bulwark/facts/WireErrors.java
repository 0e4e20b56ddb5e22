package bulwark.facts;

import bulwark.kernel.json.StrictJson.JsonRefused;
import bulwark.kernel.storage.StoreFailed;
import bulwark.web.ApiRefusal;
import bulwark.web.EdgeRefusal;
import bulwark.web.FieldError;
import bulwark.web.FieldsRefused;
import bulwark.web.Response;
import bulwark.web.Service;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The one place where the fact node's refusals become status codes and bodies (Stigmem's FastAPI shapes). Stateless. */
public final class WireErrors implements Service.Errors {
    /** Codes that stay within: the wire of Stigmem has the sentence alone for these. A code that is not named here is shown. */
    private static final Set<String> SENTENCE_ALONE = Set.of("""
            already_a_member attestation_key_not_found bootstrapped_already conflict_already_resolved
            conflict_not_found dual_trust_too_long dual_trust_too_short expiry_in_the_past expiry_too_late export_refused
            fact_not_found foreign_issuer garden_admin_required garden_not_found incomplete_grant
            invalid_dual_trust_days invalid_entity_uri invalid_reason invalid_scope invalid_time
            issuer_manifest_not_found key_in_use key_not_configured key_not_found key_of_another_entity key_revoked
            key_too_short key_unusable last_admin last_moderator log_unavailable manifest_not_found
            manifest_of_another_key member_not_found no_permissions not_a_member not_a_writer raw_key_exists
            relative_path retraction_cannot_win revocation_not_yours scope_mismatch slug_exists snapshot_refused
            token_already_revoked token_not_found token_required ttl_not_positive ttl_too_long unknown_cursor
            unknown_key_kind unknown_object unknown_permissions unknown_subject unknown_table unknown_tenant
            unknown_verb unknown_word winner_not_in_conflict""".split("\\s+"));

    @Override
    public Response render(EdgeRefusal refusal) {
        return switch (refusal) {
            case EdgeRefusal.NotFound r -> detail(404, "Not Found");
            case EdgeRefusal.MethodNotAllowed r ->
                detail(405, "Method Not Allowed").with("Allow", String.join(", ", r.allowed()));
            case EdgeRefusal.NoCredentials r -> unauthorized("Authorization header required");
            case EdgeRefusal.BadCredentials r -> unauthorized("Invalid or expired API key");
            case EdgeRefusal.KeyBoundElsewhere r -> unauthorized("Invalid or expired API key");
            case EdgeRefusal.PermissionMissing r -> detail(403, permissionSentence(r));
            case EdgeRefusal.OwnerOnly r -> coded(403, r.code(), r.sentence(), Map.of());
            case EdgeRefusal.QuotaExceeded r -> quotaExceeded(r);
            case EdgeRefusal.BodyTooLarge r ->
                coded(413, "body_too_large", "the body may hold at most " + r.limit() + " bytes", Map.of());
            case EdgeRefusal.HeadersTooLarge r ->
                coded(
                        431,
                        "headers_too_large",
                        "the request headers are too large: send fewer or shorter ones",
                        Map.of());
            case EdgeRefusal.UriTooLong r -> coded(414, "uri_too_long", "the request target is too long", Map.of());
            case EdgeRefusal.BadRequest r -> coded(400, "bad_request", r.sentence(), Map.of());
            case EdgeRefusal.HostNotAllowed r ->
                coded(
                        421,
                        "host_not_allowed",
                        "this listener does not answer for that host: add it to STIGMEM_ALLOWED_HOSTS",
                        Map.of());
            case EdgeRefusal.PeerNoLongerTrusted r ->
                coded(401, "peer_no_longer_trusted", "the client certificate is no longer trusted", Map.of());
            case EdgeRefusal.TlsRequired r -> tlsRequired();
            case EdgeRefusal.Overloaded r ->
                coded(503, "overloaded", "too many requests at once: try again shortly", Map.of())
                        .with("Retry-After", "1");
            case EdgeRefusal.ShareExhausted r ->
                coded(
                                429,
                                r.code(),
                                "your requests hold too much memory at once: send fewer of them together, or ask for"
                                        + " smaller pages",
                                Map.of())
                        .with("Retry-After", "1");
            case EdgeRefusal.TooComplex r ->
                coded(
                        413,
                        r.code(),
                        "this one request needs more memory than a caller may hold: send it in parts, or start the"
                                + " node with a larger BULWARK_HEAP",
                        Map.of());
            case EdgeRefusal.ForeignOrigin r ->
                coded(
                        403,
                        r.code(),
                        "authentication is off, so pages of other origins may not write: switch STIGMEM_AUTH_REQUIRED"
                                + " on, or call without an Origin header",
                        Map.of());
            case EdgeRefusal.QueryTimedOut r ->
                coded(
                                503,
                                r.code(),
                                "the query was stopped after " + r.seconds()
                                        + " seconds: narrow it, or try again later",
                                Map.of())
                        .with("Retry-After", "1");
            case EdgeRefusal.QueryTooBroad r ->
                coded(422, r.code(), "the query would look at too many rows: narrow it", Map.of());
            case EdgeRefusal.Stopping r ->
                coded(503, "stopping", "the node is stopping: try again shortly", Map.of())
                        .with("Retry-After", "1");
        };
    }

    @Override
    public Response render(Throwable thrown, String requestId) {
        return switch (thrown) {
            case FieldsRefused r -> Response.json(422, Map.of("detail", fields(r.errors())));
            case ApiRefusal r when SENTENCE_ALONE.contains(r.code()) -> detail(status(r.kind()), r.sentence());
            case ApiRefusal r -> coded(status(r.kind()), r.code(), r.sentence(), r.members());
            case JsonRefused r -> render(FieldsRefused.notJson(r), requestId);
            case StoreFailed r ->
                coded(503, "store_failed", "the write could not be confirmed: it is safe to repeat it", Map.of())
                        .with("Retry-After", "1");
            default ->
                coded(
                        500,
                        "internal_error",
                        "an unexpected fault: quote the request id to your operator",
                        Map.of("request_id", requestId));
        };
    }

    private static String permissionSentence(EdgeRefusal.PermissionMissing refusal) {
        return switch (refusal.permission()) {
            case "audit.read" -> "audit.read capability required";
            case "admin" ->
                refusal.path().equals("/v1/auth/keys") || refusal.path().equals("/v1/admin/api-keys")
                        ? "admin permission required to mint API keys"
                        : "admin permission required";
            default -> refusal.permission() + " permission required";
        };
    }

    private static Response quotaExceeded(EdgeRefusal.QuotaExceeded refusal) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", "quota_exceeded");
        body.put("dimension", refusal.dimension());
        body.put("principal", refusal.principal());
        body.put("retry_after", Math.ceil(refusal.retryAfter() * 1000) / 1000);
        long wait = Math.max(1, (long) Math.ceil(refusal.retryAfter()));
        return Response.json(429, body).with("Retry-After", Long.toString(wait));
    }

    private static Response tlsRequired() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", "mTLS required");
        body.put(
                "detail",
                "Federation transport requires mutual TLS (spec §22.1). Connect via HTTPS with a valid node certificate.");
        return Response.json(421, body);
    }

    private static Response unauthorized(String sentence) {
        return detail(401, sentence).with("WWW-Authenticate", "Bearer");
    }

    private static Response detail(int status, String sentence) {
        return Response.json(status, Map.of("detail", sentence));
    }

    private static Response coded(
            int status, String code, String message, Map<String, ? extends @Nullable Object> more) {
        Map<String, @Nullable Object> detail = new LinkedHashMap<>();
        detail.put("code", code);
        detail.put("message", message);
        detail.putAll(more);
        return Response.json(status, Map.of("detail", detail));
    }

    private static int status(ApiRefusal.Kind kind) {
        return switch (kind) {
            case MALFORMED -> 400;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case CONFLICT -> 409;
            case INVALID -> 422;
            case UNSUPPORTED -> 501;
            case UNAVAILABLE -> 503;
        };
    }

    private static List<Map<String, @Nullable Object>> fields(List<FieldError> errors) {
        return errors.stream().map(FieldErrorWire::of).toList();
    }
}
