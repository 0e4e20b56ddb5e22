package bulwark.gateway.admin;

import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteChange;
import bulwark.gateway.route.RouteRegistry;
import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.access.Principal;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.web.EdgeRefusal;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import bulwark.web.Service;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One audit row for each call of the admin API. A change writes its own, in its transaction; for reads and for what was refused this does. Thread-safe.
 */
final class AdminEvidence implements Service.Refusals {
    static final AuditEventType CALL = AuditEventType.of(
            "admin_call",
            "somebody called the admin API",
            "action",
            "outcome",
            "method",
            "path",
            "resource",
            "status",
            "remote",
            "request_id",
            "token",
            "code",
            "generation",
            "changed",
            "removed",
            "changed_policies",
            "removed_policies");
    static final MetricDescription CALLS =
            MetricDescription.counter("stoa_admin_calls", "calls of the admin API", "action", "outcome");

    private static final String TENANT = "default";

    private final AuditLog audit;
    private final Metrics metrics;

    /** Of the routes made here. */
    private final Set<String> groups = ConcurrentHashMap.newKeySet();

    AdminEvidence(AuditLog audit, Metrics metrics) {
        this.audit = audit;
        this.metrics = metrics;
    }

    static List<MetricDescription> metrics() {
        return List.of(CALLS);
    }

    /** Why the edge did not let somebody in. Without a principal it runs on the event loop. */
    @Override
    public void refused(@Nullable Principal principal, String method, String path, String remote, EdgeRefusal refusal) {
        AdminAction action = AdminAction.of(method, path, groups);
        count(action, "denied");
        Map<String, Object> detail = detail(action, "denied", method, path);
        detail.put("code", refusal.code());
        detail.put("remote", remote);
        AuditEvent event = CALL.event(principal == null ? null : principal.entityUri(), TENANT, null, null, detail);
        if (principal == null) {
            audit.refusalLater(event, refusal.code(), remote);
        } else {
            audit.refusal(event, refusal.code());
        }
    }

    /** A route whose handler only reads. */
    Route read(String path, AdminHandler handler) {
        return route("GET", path, handler, true);
    }

    /** A route whose handler changes something, and audits it in its transaction with {@link #changed}. */
    Route change(String method, String path, AdminHandler handler) {
        return route(method, path, handler, false);
    }

    /** A route whose handler changes something and writes a row of its own kind in its transaction, if the change is durable; the call leaves its row besides. */
    Route act(String method, String path, AdminHandler handler) {
        return route(method, path, handler, true);
    }

    /** Answers one call. */
    @FunctionalInterface
    interface AdminHandler {
        Response answer(Request request);
    }

    private Route route(String method, String path, AdminHandler handler, boolean reads) {
        groups.add(path.split("/", -1)[2]);
        return Route.permitted(method, path, AdminApi.PERMISSION, AdminApi.PERMISSION, request -> {
            AdminAction action = AdminAction.of(request.method(), request.path(), groups);
            Response response;
            try {
                response = handler.answer(request);
            } catch (AdminRefused refused) {
                ended(request, action, refused.response().status());
                return refused.response();
            } catch (RuntimeException e) {
                ended(request, action, 500);
                throw e;
            }
            if (reads || response.status() >= 400) {
                ended(request, action, response.status());
            } else {
                count(action, "success");
            }
            return response;
        });
    }

    private void ended(Request request, AdminAction action, int status) {
        String outcome = status < 400 ? "success" : status < 500 ? "failure" : "error";
        count(action, outcome);
        Map<String, Object> detail = detail(action, outcome, request.method(), request.path());
        detail.put("status", status);
        describe(detail, request);
        AuditEvent event = CALL.event(AdminTokenAuthenticator.ACTOR, TENANT, null, null, detail);
        if (status < 400) {
            audit.appendLater(event);
        } else {
            audit.refusal(event, action.name());
        }
    }

    /** The event of a change, for its transaction. @param more members of the detail that tell what changed */
    AuditEvent changed(Request request, Map<String, ?> more) {
        AdminAction action = AdminAction.of(request.method(), request.path(), groups);
        Map<String, Object> detail = detail(action, "success", request.method(), request.path());
        describe(detail, request);
        detail.putAll(more);
        return CALL.event(AdminTokenAuthenticator.ACTOR, TENANT, null, null, detail);
    }

    /** Changes routes and policies, audited. @throws AdminRefused when they cannot stand beside one another */
    RouteRegistry.Committed apply(RouteRegistry registry, Request request, RouteChange change) {
        return apply(request, change, event -> registry.apply(change, event));
    }

    /** As above, when what stands is still of the generation. @throws RouteRegistry.GenerationRefused when it is not */
    RouteRegistry.Committed apply(RouteRegistry registry, Request request, RouteChange change, long generation) {
        return apply(request, change, event -> registry.apply(change, generation, event));
    }

    private RouteRegistry.Committed apply(
            Request request,
            RouteChange change,
            Function<RouteRegistry.ChangeEvent, RouteRegistry.Committed> registry) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("changed", change.upserts().stream().map(ApiRoute::id).toList());
        detail.put("removed", change.removals().stream().sorted().toList());
        if (!change.policies().isEmpty()) {
            detail.put(
                    "changed_policies",
                    change.policies().upserts().stream().map(ApiPolicy::id).toList());
            detail.put(
                    "removed_policies",
                    change.policies().removals().stream().sorted().toList());
        }
        try {
            return registry.apply(generation -> {
                detail.put("generation", generation);
                return changed(request, detail);
            });
        } catch (RoutesRefused e) {
            throw AdminRefused.invalid(e.sentences());
        }
    }

    private static void describe(Map<String, Object> detail, Request request) {
        detail.put("remote", request.remote());
        detail.put("request_id", request.requestId());
        String token = request.principal().keyId();
        detail.put("token", token == null ? "" : token);
    }

    private static Map<String, Object> detail(AdminAction action, String outcome, String method, String path) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("action", action.name());
        detail.put("outcome", outcome);
        detail.put("method", PrintableText.of(method, 20));
        detail.put("path", PrintableText.of(path));
        if (!action.resource().isEmpty()) {
            detail.put("resource", action.resource());
        }
        return detail;
    }

    private void count(AdminAction action, String outcome) {
        metrics.count(CALLS.name(), "action", action.name(), "outcome", outcome);
    }
}
