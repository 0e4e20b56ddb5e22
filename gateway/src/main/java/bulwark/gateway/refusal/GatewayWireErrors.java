package bulwark.gateway.refusal;

import bulwark.gateway.refusal.GatewayRefusal.AmbiguousPath;
import bulwark.gateway.refusal.GatewayRefusal.BackendBlocked;
import bulwark.gateway.refusal.GatewayRefusal.BadGateway;
import bulwark.gateway.refusal.GatewayRefusal.BodyTooLarge;
import bulwark.gateway.refusal.GatewayRefusal.CircuitOpen;
import bulwark.gateway.refusal.GatewayRefusal.ConnectFailed;
import bulwark.gateway.refusal.GatewayRefusal.Forbidden;
import bulwark.gateway.refusal.GatewayRefusal.GatewayTimeout;
import bulwark.gateway.refusal.GatewayRefusal.HeadersTooLarge;
import bulwark.gateway.refusal.GatewayRefusal.InternalError;
import bulwark.gateway.refusal.GatewayRefusal.MalformedRequest;
import bulwark.gateway.refusal.GatewayRefusal.MethodNotAllowed;
import bulwark.gateway.refusal.GatewayRefusal.MethodNotImplemented;
import bulwark.gateway.refusal.GatewayRefusal.NoRoute;
import bulwark.gateway.refusal.GatewayRefusal.NoUpstream;
import bulwark.gateway.refusal.GatewayRefusal.Overloaded;
import bulwark.gateway.refusal.GatewayRefusal.PolicyDenied;
import bulwark.gateway.refusal.GatewayRefusal.QuotaExceeded;
import bulwark.gateway.refusal.GatewayRefusal.RequestTimeout;
import bulwark.gateway.refusal.GatewayRefusal.RouteNotActivated;
import bulwark.gateway.refusal.GatewayRefusal.SenderNotShown;
import bulwark.gateway.refusal.GatewayRefusal.TargetTooLong;
import bulwark.gateway.refusal.GatewayRefusal.TooManyNewCredentials;
import bulwark.gateway.refusal.GatewayRefusal.TooManyStreams;
import bulwark.gateway.refusal.GatewayRefusal.Unauthenticated;
import bulwark.gateway.refusal.GatewayRefusal.Unavailable;
import bulwark.gateway.refusal.GatewayRefusal.VersionNotSupported;
import bulwark.kernel.json.JsonString;
import bulwark.kernel.json.StrictJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Status and text of every refusal of calls. The texts of routing and backends are those that users of such gateways know. */
public final class GatewayWireErrors {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";

    private static final long STREAM_RETRY_SECONDS = 60;

    private GatewayWireErrors() {}

    public static WireError of(GatewayRefusal refusal) {
        return switch (refusal) {
            case MalformedRequest malformed -> text(400, malformed.sentence());
            case AmbiguousPath ambiguous -> text(400, ambiguous.sentence());
            case VersionNotSupported _ -> text(505, "Only HTTP/1.0 and HTTP/1.1 are supported here.");
            case MethodNotImplemented _ -> text(501, "CONNECT and TRACE are not carried out.");
            case TargetTooLong limit ->
                text(414, "The target of a request has at most " + limit.maxBytes() + " bytes.");
            case HeadersTooLarge limit ->
                text(
                        431,
                        "A request has at most " + limit.maxFields() + " header lines with " + limit.maxBytes()
                                + " bytes in sum.");
            case BodyTooLarge limit -> text(413, "The body of a request has at most " + limit.maxBytes() + " bytes.");
            case RequestTimeout _ -> text(408, "The request did not arrive in time.");
            case NoRoute _ -> text(404, "No matching API route");
            case RouteNotActivated _ -> text(503, "API not activated");
            case MethodNotAllowed method ->
                text(
                        405,
                        "Method not allowed for this API",
                        "Allow",
                        method.allowed().stream().sorted().collect(Collectors.joining(", ")));
            case Unauthenticated unknown -> challenged(401, "unauthorized", unknown.sentence(), unknown.challenge());
            case Forbidden forbidden -> challenged(403, forbidden.code(), forbidden.sentence(), forbidden.challenge());
            case SenderNotShown sender -> sender(sender);
            case TooManyNewCredentials tooMany ->
                later(
                        429,
                        "Too many credentials that were never seen before come from this source.",
                        tooMany.retryAfterSeconds());
            case TooManyStreams _ -> later(429, "Too many event streams are open.", STREAM_RETRY_SECONDS);
            case QuotaExceeded quota -> quota(quota.sentence(), quota.retryAfterSeconds());
            case PolicyDenied policy -> text(policy.status(), policy.sentence());
            case Unavailable unavailable -> later(503, unavailable.sentence(), unavailable.retryAfterSeconds());
            case BackendBlocked _ -> text(403, "Backend URL blocked: private/internal IP range");
            case NoUpstream _ -> text(503, "All upstreams unavailable");
            case CircuitOpen open ->
                later(503, "Circuit breaker open for upstream: " + open.upstream(), open.retryAfterSeconds());
            case GatewayTimeout _ -> text(504, "Gateway timeout");
            case ConnectFailed _ -> text(502, "Failed to connect to upstream");
            case BadGateway _ -> text(502, "Bad gateway");
            case Overloaded overloaded -> later(503, overloaded.sentence(), 1);
            case InternalError _ -> text(500, "Internal error; the log has it under the trace id of this answer.");
        };
    }

    private static WireError sender(SenderNotShown sender) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", sender.code());
        body.put("detail", sender.detail());
        if (sender.profile() != null) {
            body.put("security_profile", sender.profile());
        }
        List<String> fields = sender.challenge() == null ? List.of() : List.of("WWW-Authenticate", sender.challenge());
        return new WireError(sender.status(), JSON, StrictJson.text(body), fields);
    }

    private static WireError text(int status, String body, String... fields) {
        return new WireError(status, TEXT, body, List.of(fields));
    }

    private static WireError later(int status, String body, long seconds) {
        return text(status, body, "Retry-After", Long.toString(Math.max(1, seconds)));
    }

    private static WireError quota(String message, long retryAfterSeconds) {
        StringBuilder body = new StringBuilder("{\"error\":\"quota_exceeded\",\"message\":");
        JsonString.append(body, message, JsonString.LoneSurrogate.ESCAPED);
        body.append(",\"retry_after_secs\":").append(retryAfterSeconds).append('}');
        return new WireError(
                429, JSON, body.toString(), List.of("Retry-After", Long.toString(Math.max(1, retryAfterSeconds))));
    }

    private static WireError challenged(int status, String error, String message, @Nullable String challenge) {
        StringBuilder body = new StringBuilder("{\"error\":");
        JsonString.append(body, error, JsonString.LoneSurrogate.ESCAPED);
        body.append(",\"message\":");
        JsonString.append(body, message, JsonString.LoneSurrogate.ESCAPED);
        body.append('}');
        List<String> fields = challenge == null ? List.of() : List.of("WWW-Authenticate", challenge);
        return new WireError(status, JSON, body.toString(), fields);
    }
}
