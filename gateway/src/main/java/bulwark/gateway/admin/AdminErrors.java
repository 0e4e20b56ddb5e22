package bulwark.gateway.admin;

import bulwark.kernel.quota.Quotas;
import bulwark.kernel.storage.StoreFailed;
import bulwark.web.EdgeRefusal;
import bulwark.web.Response;
import bulwark.web.Service;
import java.time.Clock;
import java.util.Map;

/** The wire form of what the admin API refuses. */
final class AdminErrors implements Service.Errors {
    private final boolean enabled;
    private final Quotas.Limit limit;
    private final Clock clock;

    AdminErrors(boolean enabled, Quotas.Limit limit, Clock clock) {
        this.enabled = enabled;
        this.limit = limit;
        this.clock = clock;
    }

    @Override
    public Response render(EdgeRefusal refusal) {
        return switch (refusal) {
            case EdgeRefusal.NoCredentials _, EdgeRefusal.BadCredentials _, EdgeRefusal.KeyBoundElsewhere _ ->
                enabled ? unauthorized() : error(503, "Admin API disabled - no admin_api_token configured");
            case EdgeRefusal.QuotaExceeded quota -> limited(quota);
            case EdgeRefusal.NotFound _ -> error(404, "There is no such path in the admin API.");
            case EdgeRefusal.MethodNotAllowed wrong ->
                error(405, "The method is not one of this path.").with("Allow", String.join(", ", wrong.allowed()));
            case EdgeRefusal.PermissionMissing _, EdgeRefusal.OwnerOnly _ -> error(403, "The caller may not do this.");
            case EdgeRefusal.ForeignOrigin _ -> error(403, "Pages of other origins may not call the admin API.");
            case EdgeRefusal.BodyTooLarge body -> error(413, "A body has at most " + body.limit() + " bytes here.");
            case EdgeRefusal.TooComplex _ -> error(413, "The body holds more than one request may.");
            case EdgeRefusal.HeadersTooLarge _ -> error(431, "The header lines are too large.");
            case EdgeRefusal.UriTooLong _ -> error(414, "The request target is too long.");
            case EdgeRefusal.BadRequest bad -> error(400, bad.sentence());
            case EdgeRefusal.HostNotAllowed _ -> error(421, "The Host header names no loopback address.");
            case EdgeRefusal.PeerNoLongerTrusted _, EdgeRefusal.TlsRequired _ ->
                error(421, "The connection is not trusted.");
            case EdgeRefusal.ShareExhausted _,
                    EdgeRefusal.Overloaded _,
                    EdgeRefusal.Stopping _,
                    EdgeRefusal.QueryTimedOut _,
                    EdgeRefusal.QueryTooBroad _ ->
                error(503, "The gateway cannot answer now; repeat the call.").with("Retry-After", "1");
        };
    }

    /** Without a word: nothing here helps somebody who guesses. */
    private static Response unauthorized() {
        return Response.text(401, "", "").with("WWW-Authenticate", "Bearer");
    }

    private Response limited(EdgeRefusal.QuotaExceeded quota) {
        long wait = Math.max(1, (long) Math.ceil(quota.retryAfter()));
        return error(429, "Admin API rate limit exceeded")
                .with("X-RateLimit-Limit", Long.toString((long) limit.capacity()))
                .with("X-RateLimit-Remaining", "0")
                .with("X-RateLimit-Reset", Long.toString(clock.instant().getEpochSecond() + wait))
                .with("Retry-After", Long.toString(wait));
    }

    @Override
    public Response render(Throwable thrown, String requestId) {
        return thrown instanceof StoreFailed
                ? Response.json(
                        503,
                        Map.of(
                                "status",
                                "error",
                                "message",
                                "The store failed: whether the change was made is not known, and it is safe to repeat.",
                                "request_id",
                                requestId))
                : Response.json(
                        500,
                        Map.of(
                                "status",
                                "error",
                                "message",
                                "Internal error; the log has it under the request id.",
                                "request_id",
                                requestId));
    }

    private static Response error(int status, String message) {
        return Response.json(status, Map.of("status", "error", "message", message));
    }
}
