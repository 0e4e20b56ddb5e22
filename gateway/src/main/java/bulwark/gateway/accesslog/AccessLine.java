package bulwark.gateway.accesslog;

import bulwark.gateway.call.CallOutcome;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.http1.RawRequestHead;
import bulwark.kernel.access.Principal;
import bulwark.kernel.json.JsonString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One call as a line of JSON. No query, no header but the user agent, so that no credential gets in; control characters are escaped. */
final class AccessLine {
    private static final int MAX_TEXT = 1_024;
    private static final byte[] HEALTH = "/health".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] READY = "/ready".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] METRICS = "/metrics".getBytes(StandardCharsets.US_ASCII);

    private AccessLine() {}

    /** Whether the request is one of those that come every few seconds. */
    static boolean isProbe(RawRequestHead head) {
        return head.startsWithPath(HEALTH) || head.hasPath(READY) || head.hasPath(METRICS);
    }

    /** With its line end. @param call that has ended */
    static String of(GatewayCall call, Instant time) {
        StringBuilder line = new StringBuilder(512);
        CallOutcome outcome = call.outcome();
        Principal principal = call.principal();
        line.append("{\"log_type\":\"access_log\",\"time\":\"").append(time).append('"');
        text(line, "method", call.head().method());
        text(line, "path", call.head().path());
        if (outcome != null) {
            line.append(",\"status\":").append(outcome.status());
            line.append(",\"duration_ms\":").append(String.format(Locale.ROOT, "%.3f", outcome.durationNanos() / 1e6));
            line.append(",\"complete\":").append(outcome.complete());
            line.append(",\"request_bytes\":").append(outcome.requestBytes());
            line.append(",\"response_bytes\":").append(outcome.responseBytes());
            text(
                    line,
                    "refusal",
                    outcome.refusal() == null ? null : outcome.refusal().code());
            text(line, "upstream", outcome.upstream());
        }
        text(line, "route", call.route() == null ? null : call.route().id());
        text(line, "tenant_id", principal == null ? null : principal.tenant());
        text(line, "consumer_id", principal == null ? null : principal.entityUri());
        text(line, "client", call.peer().host());
        text(line, "user_agent", call.head().value("user-agent"));
        text(line, "trace_id", call.trace().traceId());
        text(line, "span_id", call.trace().spanId());
        return line.append(",\"service.name\":\"stoa-gateway\"}\n").toString();
    }

    private static void text(StringBuilder line, String name, @Nullable String value) {
        if (value != null) {
            line.append(",\"").append(name).append("\":");
            JsonString.append(
                    line,
                    value.length() > MAX_TEXT ? value.substring(0, MAX_TEXT) : value,
                    JsonString.LoneSurrogate.ESCAPED);
        }
    }
}
