package bulwark.web;

import static bulwark.kernel.metrics.MetricDescription.counter;

import bulwark.kernel.access.Principal;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.tls.RefusedPeer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Evidence of what a part refuses. Refusals of known callers, failed authentication and refused TLS peers become audit rows (limited by the log itself); other
 * refusals of strangers are counted only. Thread-safe.
 */
public final class AuditedRoutes implements Service.Refusals {
    private static final String TENANT = "default";
    /** A path may have thousands; its beginning says what was called. */
    private static final int MAX_PATH_CHARS = 512;

    private final AuditLog audit;
    private final Metrics metrics;
    private final String prefix;

    /** @param prefix of the metric names */
    public AuditedRoutes(AuditLog audit, Metrics metrics, String prefix) {
        this.audit = audit;
        this.metrics = metrics;
        this.prefix = prefix;
    }

    /** What is counted under this prefix. */
    public static List<MetricDescription> metrics(String prefix) {
        return List.of(
                counter(
                        prefix + "_authentication_failed",
                        "calls without an API key or with one that is not accepted",
                        "reason"),
                counter(
                        prefix + "_quota_breach",
                        "calls refused because a quota was used up",
                        "principal",
                        "tenant",
                        "dimension"),
                counter(prefix + "_refused", "calls refused, by the edge or by a handler", "code"));
    }

    @Override
    public void refused(@Nullable Principal principal, String method, String path, String remote, EdgeRefusal refusal) {
        metrics.count(prefix + "_refused", "code", refusal.code());
        if (principal == null) {
            stranger(method, path, remote, refusal);
            return;
        }
        if (refusal instanceof EdgeRefusal.QuotaExceeded quota) {
            quotaBreach(principal, method, path, quota);
        } else {
            Map<String, Object> detail = new LinkedHashMap<>();
            detail.put("code", refusal.code());
            detail.put("method", method);
            detail.put("path", beginning(path));
            audit.refusal(event(EdgeAuditEvents.ACCESS_REFUSED, principal, detail), refusal.code());
        }
    }

    /** On the event loop, so nothing here waits. */
    private void stranger(String method, String path, String remote, EdgeRefusal refusal) {
        String reason = switch (refusal) {
            case EdgeRefusal.NoCredentials none -> "missing_" + String.join("_or_", none.kinds());
            case EdgeRefusal.BadCredentials bad -> bad.reason() + "_" + bad.kind();
            default -> "";
        };
        if (reason.isEmpty()) {
            return;
        }
        metrics.count(prefix + "_authentication_failed", "reason", reason);
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("reason", reason);
        detail.put("remote", remote);
        detail.put("method", PrintableText.of(method));
        detail.put("path", beginning(PrintableText.of(path)));
        if (refusal instanceof EdgeRefusal.BadCredentials bad && bad.credentialId() != null) {
            detail.put("key_id", bad.credentialId());
        }
        audit.refusalLater(
                EdgeAuditEvents.AUTHENTICATION_FAILED.event(null, TENANT, null, null, detail), reason, remote);
    }

    /** For {@link bulwark.kernel.tls.ReloadingTls#onRefusedPeer}. */
    public void refused(RefusedPeer peer) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("reason", peer.reason());
        detail.put("remote", peer.source());
        audit.refusalLater(
                EdgeAuditEvents.PEER_REFUSED.event(null, TENANT, null, null, detail), peer.reason(), peer.source());
    }

    /** The same route, whose handler's own refusals leave evidence too. */
    public Route wrap(Route route) {
        return new Route(
                route.method(),
                route.path(),
                route.access(),
                route.dimension(),
                route.runsOnEventLoop(),
                route.network(),
                request -> handle(route, request));
    }

    private @Nullable Response handle(Route route, Request request) {
        try {
            return route.handler().handle(request);
        } catch (ApiRefusal refusal) {
            metrics.count(prefix + "_refused", "code", refusal.code());
            if (!(route.access() instanceof Route.Access.Open)) {
                record(request, refusal);
            }
            throw refusal;
        }
    }

    private void record(Request request, ApiRefusal refusal) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("code", refusal.code());
        detail.put("method", request.method());
        detail.put("path", beginning(request.path()));
        AuditEvent event = event(EdgeAuditEvents.REQUEST_REFUSED, request.principal(), detail);
        if (Thread.currentThread().isVirtual()) {
            audit.refusal(event, refusal.code());
        } else {
            // A fast handler on the event loop must not wait for the disk.
            audit.refusalLater(event, refusal.code());
        }
    }

    private void quotaBreach(Principal principal, String method, String path, EdgeRefusal.QuotaExceeded quota) {
        metrics.count(
                prefix + "_quota_breach",
                "principal",
                metrics.principal(principal.entityUri()),
                "tenant",
                principal.tenant(),
                "dimension",
                quota.dimension());
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("dimension", quota.dimension());
        detail.put("path", beginning(path));
        detail.put("method", method);
        detail.put("retry_after", quota.retryAfter());
        audit.refusal(event(EdgeAuditEvents.QUOTA_BREACH, principal, detail), quota.dimension());
    }

    private static String beginning(String path) {
        return path.length() <= MAX_PATH_CHARS ? path : path.substring(0, MAX_PATH_CHARS) + "…";
    }

    private static AuditEvent event(AuditEventType type, Principal principal, Map<String, Object> detail) {
        return type.event(principal.entityUri(), principal.tenant(), null, null, detail);
    }
}
