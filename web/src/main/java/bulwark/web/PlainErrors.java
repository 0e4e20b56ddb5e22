package bulwark.web;

import java.util.List;
import java.util.Map;

/**
 * The wire form of refusals for a service that has none of its own: {@code {"error": code}}, with the sentence of a handler's refusal, and
 * each wrong field by its location.
 */
final class PlainErrors implements Service.Errors {
    @Override
    public Response render(EdgeRefusal refusal) {
        int status = switch (refusal) {
            case EdgeRefusal.NotFound _ -> 404;
            case EdgeRefusal.MethodNotAllowed _ -> 405;
            case EdgeRefusal.NoCredentials _,
                    EdgeRefusal.BadCredentials _,
                    EdgeRefusal.KeyBoundElsewhere _,
                    EdgeRefusal.PeerNoLongerTrusted _ -> 401;
            case EdgeRefusal.PermissionMissing _, EdgeRefusal.OwnerOnly _, EdgeRefusal.ForeignOrigin _ -> 403;
            case EdgeRefusal.Stopping _, EdgeRefusal.Overloaded _, EdgeRefusal.QueryTimedOut _ -> 503;
            case EdgeRefusal.HostNotAllowed _, EdgeRefusal.TlsRequired _ -> 421;
            case EdgeRefusal.QuotaExceeded _, EdgeRefusal.ShareExhausted _ -> 429;
            case EdgeRefusal.BodyTooLarge _, EdgeRefusal.TooComplex _ -> 413;
            case EdgeRefusal.HeadersTooLarge _ -> 431;
            case EdgeRefusal.UriTooLong _ -> 414;
            case EdgeRefusal.QueryTooBroad _ -> 422;
            case EdgeRefusal.BadRequest _ -> 400;
        };
        Response response = Response.json(status, Map.of("error", refusal.code()));
        return switch (refusal) {
            case EdgeRefusal.NoCredentials none -> challenged(response, none.challenges());
            case EdgeRefusal.BadCredentials bad
            when bad.challenge() != null -> challenged(response, List.of(bad.challenge()));
            case EdgeRefusal.MethodNotAllowed wrong -> response.with("Allow", String.join(", ", wrong.allowed()));
            default -> response;
        };
    }

    private static Response challenged(Response response, List<String> challenges) {
        Response with = response;
        for (String challenge : challenges) {
            with = with.adding("WWW-Authenticate", challenge);
        }
        return with;
    }

    @Override
    public Response render(Throwable thrown, String requestId) {
        return switch (thrown) {
            case FieldsRefused r ->
                Response.json(
                        422,
                        Map.of(
                                "error",
                                r.code(),
                                "fields",
                                r.errors().stream().map(PlainErrors::field).toList()));
            case ApiRefusal r -> Response.json(status(r.kind()), Map.of("error", r.code(), "message", r.sentence()));
            default -> Response.json(500, Map.of("error", "internal", "request_id", requestId));
        };
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

    private static Map<String, Object> field(FieldError error) {
        return Map.of("location", error.location(), "code", error.code(), "message", error.message());
    }
}
