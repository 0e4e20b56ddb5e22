package bulwark.gateway.control.rest;

import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.kernel.storage.StoreFailed;
import bulwark.web.ApiRefusal;
import bulwark.web.EdgeRefusal;
import bulwark.web.Response;
import bulwark.web.Service;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The wire form of everything that the control plane refuses: {@code {"error": code, "detail": sentence}}, for bodies with {@code "errors"}, one sentence for each field. Stateless. */
public final class ControlErrors implements Service.Errors {
    /** As the OpenAPI document shows it. */
    static final BodySchema SCHEMA = BodySchema.of("Error")
            .requiredText("error", 100)
            .requiredText("detail", 20_000)
            .texts("errors", 100)
            .text("source_tenant", 64)
            .text("target_tenant", 64)
            .flag("blocked")
            .number("retry_after_seconds", 0, 86_400)
            .text("request_id", 100);

    @Override
    public Response render(EdgeRefusal refusal) {
        return switch (refusal) {
            case EdgeRefusal.NoCredentials none ->
                challenged(error(401, "unauthorized", "The call bears no credential."), none.challenges());
            case EdgeRefusal.BadCredentials bad ->
                challenged(
                        error(401, "unauthorized", bad.sentence()),
                        bad.challenge() == null ? List.of() : List.of(bad.challenge()));
            case EdgeRefusal.KeyBoundElsewhere _ -> error(401, "unauthorized", "The credential is not valid.");
            case EdgeRefusal.PermissionMissing missing ->
                error(403, "forbidden", "Permission denied: " + missing.permission() + " required");
            case EdgeRefusal.OwnerOnly owner -> error(403, "forbidden", owner.sentence());
            case EdgeRefusal.ForeignOrigin _ ->
                error(403, "foreign_origin", "Pages of other origins may not call this.");
            case EdgeRefusal.NotFound _ -> error(404, "not_found", "There is no such path.");
            case EdgeRefusal.MethodNotAllowed wrong ->
                error(405, "method_not_allowed", "The method is not one of this path.")
                        .with("Allow", String.join(", ", wrong.allowed()));
            case EdgeRefusal.QuotaExceeded quota -> limited(quota);
            case EdgeRefusal.BodyTooLarge body ->
                error(413, "body_too_large", "body has more than the " + body.limit() + " bytes that are taken here.");
            case EdgeRefusal.TooComplex _ -> error(413, "too_complex", "The body holds more than one request may.");
            case EdgeRefusal.UriTooLong _ -> error(414, "uri_too_long", "The request target is too long.");
            case EdgeRefusal.HeadersTooLarge _ -> error(431, "headers_too_large", "The header lines are too large.");
            case EdgeRefusal.BadRequest bad -> error(400, "bad_request", bad.sentence());
            case EdgeRefusal.HostNotAllowed _ ->
                error(
                        421,
                        "host_not_allowed",
                        "The Host header names no host of this control plane; see STOA_ALLOWED_HOSTS.");
            case EdgeRefusal.PeerNoLongerTrusted _, EdgeRefusal.TlsRequired _ ->
                error(421, "not_trusted", "The connection is not trusted.");
            case EdgeRefusal.QueryTooBroad _ ->
                error(422, "query_too_broad", "The query looks at too much; narrow it.");
            case EdgeRefusal.ShareExhausted _,
                    EdgeRefusal.Overloaded _,
                    EdgeRefusal.Stopping _,
                    EdgeRefusal.QueryTimedOut _ ->
                error(503, refusal.code(), "The control plane cannot answer now; repeat the call.")
                        .with("Retry-After", "1");
        };
    }

    private static Response limited(EdgeRefusal.QuotaExceeded quota) {
        long wait = Math.max(1, (long) Math.ceil(quota.retryAfter()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", "rate_limit_exceeded");
        body.put("detail", "The caller has made as many calls as it may; wait.");
        body.put("retry_after_seconds", wait);
        return Response.json(429, body).with("Retry-After", Long.toString(wait));
    }

    @Override
    public Response render(Throwable thrown, String requestId) {
        return switch (thrown) {
            case BodyRefused refused -> fields(refused);
            case ApiRefusal refusal -> refused(refusal);
            case StoreFailed _ ->
                withId(
                        503,
                        "store_failed",
                        "Whether the change was made is not known, and it is safe to repeat.",
                        requestId);
            default -> withId(500, "internal", "Internal error; the log has it under the request id.", requestId);
        };
    }

    private static Response refused(ApiRefusal refusal) {
        if (refusal.kind() != ApiRefusal.Kind.UNAVAILABLE) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("error", refusal.code());
            body.put("detail", refusal.sentence());
            body.putAll(refusal.members());
            return Response.json(status(refusal), body);
        }
        // A caller that sends too much is told so; what we cannot do is our own.
        int status = refusal.code().startsWith("too_many") ? 429 : 503;
        return error(status, refusal.code(), refusal.sentence()).with("Retry-After", "1");
    }

    private static Response fields(BodyRefused refused) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", "invalid_request");
        body.put("detail", String.join("; ", refused.sentences()));
        body.put("errors", refused.sentences());
        return Response.json(422, body);
    }

    private static int status(ApiRefusal refusal) {
        return switch (refusal.kind()) {
            case MALFORMED -> 400;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case CONFLICT -> 409;
            case INVALID -> 422;
            case UNSUPPORTED -> 415;
            case UNAVAILABLE -> 503;
        };
    }

    private static Response withId(int status, String code, String sentence, String requestId) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", code);
        body.put("detail", sentence);
        body.put("request_id", requestId);
        return Response.json(status, body);
    }

    private static Response error(int status, String code, String sentence) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", code);
        body.put("detail", sentence);
        return Response.json(status, body);
    }

    private static Response challenged(Response response, List<String> challenges) {
        Response with = response;
        for (String challenge : challenges) {
            with = with.adding("WWW-Authenticate", challenge);
        }
        return with;
    }
}
