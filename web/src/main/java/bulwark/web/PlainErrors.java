package bulwark.web;

import java.util.Map;

/** The wire form of refusals for a service that has none of its own: {@code {"error": code}}. */
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
        return Response.json(status, Map.of("error", refusal.code()));
    }

    @Override
    public Response render(Throwable thrown, String requestId) {
        return Response.json(500, Map.of("error", "internal", "request_id", requestId));
    }
}
