package bulwark.seats;

import bulwark.kernel.storage.StoreFailed;
import bulwark.web.ApiRefusal;
import bulwark.web.EdgeRefusal;
import bulwark.web.FieldError;
import bulwark.web.FieldsRefused;
import bulwark.web.Response;
import bulwark.web.Service;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The one form of every refusal on the wire: {@code {"error":{"code","message","requestId","details"}}}. Stateless. */
final class SeatErrors implements Service.Errors {
    @Override
    public Response render(EdgeRefusal refusal) {
        return render(refusal, "");
    }

    @Override
    public Response render(EdgeRefusal refusal, String requestId) {
        Response response = answer(status(refusal), code(refusal), sentence(refusal), requestId, List.of());
        return switch (refusal) {
            case EdgeRefusal.QuotaExceeded quota ->
                response.with("Retry-After", Long.toString((long) Math.ceil(Math.max(1, quota.retryAfter()))));
            case EdgeRefusal.MethodNotAllowed wrong -> response.with("Allow", String.join(", ", wrong.allowed()));
            case EdgeRefusal.Overloaded _, EdgeRefusal.ShareExhausted _ -> response.with("Retry-After", "1");
            default -> response;
        };
    }

    private static int status(EdgeRefusal refusal) {
        return switch (refusal) {
            case EdgeRefusal.NotFound _ -> 404;
            case EdgeRefusal.MethodNotAllowed _ -> 405;
            case EdgeRefusal.BadCredentials bad when bad.reason().equals("csrf") -> 403;
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
    }

    private static String code(EdgeRefusal refusal) {
        return switch (refusal) {
            case EdgeRefusal.NoCredentials _ -> "UNAUTHENTICATED";
            case EdgeRefusal.BadCredentials bad when bad.reason().equals("csrf") -> "CSRF_TOKEN_INVALID";
            case EdgeRefusal.BadCredentials bad when bad.reason().equals("sunset") -> "STATIC_TOKEN_SUNSET";
            case EdgeRefusal.BadCredentials _ -> "UNAUTHENTICATED";
            case EdgeRefusal.PermissionMissing _ -> "FORBIDDEN";
            case EdgeRefusal.QuotaExceeded _ -> "RATE_LIMITED";
            default -> refusal.code().toUpperCase(Locale.ROOT);
        };
    }

    private static String sentence(EdgeRefusal refusal) {
        return switch (refusal) {
            case EdgeRefusal.NotFound _ -> "There is nothing at this path.";
            case EdgeRefusal.MethodNotAllowed wrong -> "This path answers " + String.join(", ", wrong.allowed()) + ".";
            case EdgeRefusal.NoCredentials none ->
                "This needs a credential: " + String.join(" or ", none.kinds()) + ".";
            case EdgeRefusal.BadCredentials bad -> bad.sentence();
            case EdgeRefusal.PermissionMissing missing ->
                "This needs the role " + missing.permission()
                        + ". A user whose password must be changed has no role until then.";
            case EdgeRefusal.ForeignOrigin _ -> "The request comes from a page of another origin.";
            case EdgeRefusal.QuotaExceeded _ -> "Too many requests; wait as long as Retry-After says.";
            case EdgeRefusal.BodyTooLarge big -> "The body may have " + big.limit() + " bytes here.";
            case EdgeRefusal.BadRequest bad -> bad.sentence();
            case EdgeRefusal.HostNotAllowed _ ->
                "The Host header names no host of this service: add it to SEAT_MANAGER_ALLOWED_HOSTS.";
            case EdgeRefusal.Stopping _ -> "The service stops.";
            case EdgeRefusal.Overloaded _, EdgeRefusal.ShareExhausted _ ->
                "Too much work is in hand; repeat after a second.";
            default -> refusal.code().replace('_', ' ') + ".";
        };
    }

    @Override
    public Response render(Throwable thrown, String requestId) {
        return switch (thrown) {
            case FieldsRefused fields ->
                answer(
                        400,
                        "SCHEMA",
                        fields.errors().stream()
                                .map(SeatErrors::place)
                                .findFirst()
                                .map(place -> "The request is refused at " + place + ".")
                                .orElse("The request is refused."),
                        requestId,
                        fields.errors().stream().map(SeatErrors::detail).toList());
            case ApiRefusal refusal -> refused(refusal, requestId);
            case StoreFailed _ ->
                answer(
                        503,
                        "STORE_FAILED",
                        "The store failed; the outcome is unknown, and it is safe to repeat.",
                        requestId,
                        List.of());
            default -> answer(500, "INTERNAL", "The service failed; its log has the request id.", requestId, List.of());
        };
    }

    private static Response refused(ApiRefusal refusal, String requestId) {
        List<?> details = refusal.members().get("details") instanceof List<?> given ? given : List.of();
        Response response = answer(
                status(refusal), refusal.code().toUpperCase(Locale.ROOT), refusal.sentence(), requestId, details);
        Object wait = refusal.members().get("retryAfter");
        return wait == null ? response : response.with("Retry-After", wait.toString());
    }

    private static int status(ApiRefusal refusal) {
        Object given = refusal.members().get("status");
        if (given instanceof Integer status) {
            return status;
        }
        return switch (refusal.kind()) {
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

    private static String place(FieldError error) {
        return String.join(".", error.location().stream().map(String::valueOf).toList());
    }

    private static Map<String, Object> detail(FieldError error) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("field", place(error));
        detail.put("code", error.code());
        detail.put("message", error.message());
        return detail;
    }

    private static Response answer(int status, String code, String message, String requestId, List<?> details) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", code);
        error.put("message", message);
        error.put("requestId", requestId);
        error.put("details", details);
        return Response.json(status, Map.of("error", error));
    }
}
