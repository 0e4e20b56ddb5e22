package bulwark.facts.node;

import bulwark.facts.FactsAuditEvents;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.AuditEvent;
import bulwark.kernel.evidence.AuditEventType;
import bulwark.kernel.evidence.AuditLog;
import bulwark.kernel.metrics.Metrics;
import bulwark.web.ApiRefusal;
import bulwark.web.EdgeRefusal;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import bulwark.web.Service;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Refusals of known callers and failed authentication become audit rows (limited by the log itself); other refusals of strangers, counters only. */
final class AuditedRoutes implements Service.Refusals {
    private static final String TENANT = "default";
    private static final int MAX_SHOWN = 200;

    private final AuditLog audit;
    private final Metrics metrics;

    AuditedRoutes(AuditLog audit, Metrics metrics) {
        this.audit = audit;
        this.metrics = metrics;
    }

    @Override
    public void refused(@Nullable Principal principal, String method, String path, String remote, EdgeRefusal refusal) {
        metrics.count("stigmem_refused", "code", refusal.code());
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
            detail.put("path", path);
            audit.refusal(event(FactsAuditEvents.ACCESS_REFUSED, principal, detail), refusal.code());
        }
    }

    /** On the event loop, so nothing here waits. */
    private void stranger(String method, String path, String remote, EdgeRefusal refusal) {
        String reason = switch (refusal) {
            case EdgeRefusal.NoCredentials _ -> "missing_key";
            case EdgeRefusal.BadCredentials bad -> bad.reason() + "_" + bad.kind();
            default -> "";
        };
        if (reason.isEmpty()) {
            return;
        }
        metrics.count("stigmem_authentication_failed", "reason", reason);
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("reason", reason);
        detail.put("remote", remote);
        detail.put("method", cut(method));
        detail.put("path", cut(path));
        if (refusal instanceof EdgeRefusal.BadCredentials bad && bad.credentialId() != null) {
            detail.put("key_id", bad.credentialId());
        }
        audit.refusalLater(
                FactsAuditEvents.AUTHENTICATION_FAILED.event(null, TENANT, null, null, detail), reason, remote);
    }

    /** Strangers decide how long it is. */
    private static String cut(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }

    /** The same route, whose handler's own refusals leave evidence too. */
    Route wrap(Route route) {
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
            metrics.count("stigmem_refused", "code", refusal.code());
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
        detail.put("path", request.path());
        AuditEvent event = event(FactsAuditEvents.REQUEST_REFUSED, request.principal(), detail);
        if (Thread.currentThread().isVirtual()) {
            audit.refusal(event, refusal.code());
        } else {
            // A fast handler on the event loop must not wait for the disk.
            audit.appendLater(event);
        }
    }

    private void quotaBreach(Principal principal, String method, String path, EdgeRefusal.QuotaExceeded quota) {
        metrics.count(
                "stigmem_quota_breach",
                "principal",
                metrics.principal(principal.entityUri()),
                "tenant",
                principal.tenant(),
                "dimension",
                quota.dimension());
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("dimension", quota.dimension());
        detail.put("path", path);
        detail.put("method", method);
        detail.put("retry_after", quota.retryAfter());
        audit.refusal(event(FactsAuditEvents.QUOTA_BREACH, principal, detail), quota.dimension());
    }

    private static AuditEvent event(AuditEventType type, Principal principal, Map<String, Object> detail) {
        return type.event(principal.entityUri(), principal.tenant(), null, null, detail);
    }
}
