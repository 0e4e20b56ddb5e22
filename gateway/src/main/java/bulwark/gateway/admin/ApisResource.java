package bulwark.gateway.admin;

import bulwark.gateway.balance.UpstreamTls;
import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicyChange;
import bulwark.gateway.policy.PolicyJson;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteChange;
import bulwark.gateway.route.RouteGuard.BlockedUrl;
import bulwark.gateway.route.RouteJson;
import bulwark.gateway.route.RouteRegistry;
import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code /admin/apis}: the routes of this gateway. */
final class ApisResource {
    private static final String NOT_FOUND = "There is no API of this id.";
    private static final int MAX_TRIES = 5;

    private final RouteRegistry registry;
    private final UpstreamTls tls;
    private final AdminEvidence evidence;

    ApisResource(RouteRegistry registry, UpstreamTls tls, AdminEvidence evidence) {
        this.registry = registry;
        this.tls = tls;
        this.evidence = evidence;
    }

    List<Route> routes() {
        return List.of(
                evidence.read("/admin/apis", this::list),
                evidence.change("POST", "/admin/apis", this::upsert),
                evidence.change("POST", "/admin/apis/apply", this::apply),
                evidence.read("/admin/apis/{id}", this::show),
                evidence.change("DELETE", "/admin/apis/{id}", this::delete));
    }

    private Response list(Request request) {
        return Response.json(
                200, registry.routes().stream().map(RouteJson::fields).toList());
    }

    private Response show(Request request) {
        ApiRoute route = registry.byId(request.pathParameter("id"));
        if (route == null) {
            throw AdminRefused.of(404, NOT_FOUND);
        }
        return Response.json(200, RouteJson.fields(route));
    }

    private Response upsert(Request request) {
        ApiRoute route;
        try {
            route = RouteJson.parse(request.body());
        } catch (RoutesRefused e) {
            throw AdminRefused.invalid(e.sentences());
        }
        requireAllowed(route);
        RouteRegistry.Committed done = change(request, new RouteChange(List.of(route), Set.of()));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", route.id());
        answer.put("status", "ok");
        answer.put("deployment_id", done.deploymentIds().get(route.id()));
        return Response.json(done.created().isEmpty() ? 200 : 201, answer);
    }

    private void requireAllowed(ApiRoute route) {
        List<BlockedUrl> blocked = registry.blocked(route);
        if (blocked.isEmpty()) {
            String fault = tls.fault(route);
            if (fault != null) {
                throw AdminRefused.invalid(List.of(fault));
            }
            return;
        }
        BlockedUrl first = blocked.get(0);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", first.field() + " targets a private/internal IP range");
        body.put("detail", first.sentence());
        body.put("status", "error");
        body.put("errors", sentences(blocked, ""));
        throw AdminRefused.of(400, body, first.sentence());
    }

    private List<String> faults(ApiRoute route) {
        List<String> faults = new ArrayList<>(sentences(registry.blocked(route), route.id() + ": "));
        String fault = tls.fault(route);
        if (fault != null) {
            faults.add(route.id() + ": " + fault);
        }
        return faults;
    }

    private static List<String> sentences(List<BlockedUrl> blocked, String where) {
        return blocked.stream()
                .map(no -> where + no.field() + ": " + no.sentence())
                .toList();
    }

    private Response delete(Request request) {
        String id = request.pathParameter("id");
        if (registry.byId(id) == null) {
            throw AdminRefused.of(404, NOT_FOUND);
        }
        List<String> policies = registry.policies().stream()
                .filter(policy -> id.equals(policy.apiId()))
                .map(ApiPolicy::id)
                .sorted()
                .toList();
        if (!policies.isEmpty()) {
            throw AdminRefused.of(
                    409, "Policies are for this API alone: " + String.join(", ", policies) + "; delete them first.");
        }
        change(request, new RouteChange(List.of(), Set.of(id)));
        return Response.noContent();
    }

    /**
     * {@code {"expected_generation"?, "routes": […], "policies"?: […]}}: after it exactly these routes stand, and exactly these policies where there is such a list, or nothing has
     * changed.
     */
    private Response apply(Request request) {
        List<String> faults = new ArrayList<>();
        List<ApiRoute> wanted = new ArrayList<>();
        JsonNode body;
        try {
            body = StrictJson.parse(request.body());
        } catch (StrictJson.JsonRefused e) {
            throw AdminRefused.invalid(List.of(String.valueOf(e.getMessage())));
        }
        JsonFields fields = JsonFields.of(body, "", faults);
        long expected = fields.wholeNumber("expected_generation", 0, Long.MAX_VALUE, -1);
        if (!fields.has("routes") || !body.path("routes").isArray()) {
            fields.fault("routes", "must be a list");
        }
        int index = 0;
        for (JsonNode route : body.path("routes")) {
            wanted.add(RouteJson.read(route, "routes[" + index++ + "].", faults));
        }
        List<ApiPolicy> policies = policies(fields, body, faults);
        fields.end();
        if (!faults.isEmpty()) {
            throw AdminRefused.invalid(faults);
        }
        for (int i = 0; i < MAX_TRIES; i++) {
            RouteRegistry.Standing standing = registry.standing();
            if (expected >= 0 && expected != standing.generation()) {
                throw changedMeanwhile(expected);
            }
            RouteChange change = RouteChange.between(standing.routes(), wanted)
                    .with(policies == null ? PolicyChange.NONE : PolicyChange.between(standing.policies(), policies));
            change.upserts().forEach(route -> faults.addAll(faults(route)));
            if (!faults.isEmpty()) {
                throw AdminRefused.invalid(faults);
            }
            try {
                return applied(request, change, standing.generation());
            } catch (RouteRegistry.GenerationRefused e) {
                // Another change came between: the difference is another one now.
            }
        }
        throw changedMeanwhile(expected);
    }

    private AdminRefused changedMeanwhile(long expected) {
        return AdminRefused.of(
                409,
                "The routes are of generation " + registry.generation() + " by now"
                        + (expected < 0 ? "" : ", not " + expected) + "; look at the difference again.");
    }

    /** Null when the document says nothing of policies. */
    private static @Nullable List<ApiPolicy> policies(JsonFields fields, JsonNode body, List<String> faults) {
        if (!fields.has("policies")) {
            return null;
        }
        if (!body.path("policies").isArray()) {
            fields.fault("policies", "must be a list");
        }
        List<ApiPolicy> policies = new ArrayList<>();
        int index = 0;
        for (JsonNode policy : body.path("policies")) {
            policies.add(PolicyJson.read(policy, "policies[" + index++ + "].", faults));
        }
        return policies;
    }

    /** @param standing generation that the change is made for */
    private Response applied(Request request, RouteChange change, long standing) {
        long generation = change.isEmpty()
                ? standing
                : evidence.apply(registry, request, change, standing).generation();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", "ok");
        answer.put("generation", generation);
        answer.put("changed", change.upserts().stream().map(ApiRoute::id).toList());
        answer.put("removed", change.removals().stream().sorted().toList());
        answer.put(
                "changed_policies",
                change.policies().upserts().stream().map(ApiPolicy::id).toList());
        answer.put(
                "removed_policies",
                change.policies().removals().stream().sorted().toList());
        return Response.json(200, answer);
    }

    private RouteRegistry.Committed change(Request request, RouteChange change) {
        return evidence.apply(registry, request, change);
    }
}
