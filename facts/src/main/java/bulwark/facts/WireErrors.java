package bulwark.facts;

import bulwark.kernel.json.StrictJson.JsonRefused;
import bulwark.kernel.storage.StoreFailed;
import bulwark.web.EdgeRefusal;
import bulwark.web.Response;
import bulwark.web.Service;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one place where the fact node's refusals become status codes and bodies (Stigmem's FastAPI shapes). Stateless. */
public final class WireErrors implements Service.Errors {
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
            case Refusal.Invalid r -> Response.json(422, Map.of("detail", faults(r.faults())));
            case Refusal.Plain r -> detail(r.status(), String.valueOf(r.getMessage()));
            case Refusal.Coded r -> coded(r.status(), r.code(), String.valueOf(r.getMessage()), r.more());
            case JsonRefused r -> render(FieldErrors.notJson(r), requestId);
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

    private static List<Map<String, @Nullable Object>> faults(List<Refusal.Fault> faults) {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (Refusal.Fault fault : faults) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("type", fault.type());
            one.put("loc", fault.loc());
            one.put("msg", fault.msg());
            one.put("input", fault.input());
            if (!fault.ctx().isEmpty()) {
                one.put("ctx", fault.ctx());
            }
            list.add(one);
        }
        return list;
    }
}
