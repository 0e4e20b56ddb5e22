package bulwark.gateway.admin;

import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicyChange;
import bulwark.gateway.policy.PolicyJson;
import bulwark.gateway.route.RouteChange;
import bulwark.gateway.route.RouteRegistry;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code /admin/policies}: what is carried out on calls, for one API, a tenant's, or all. */
final class PoliciesResource {
    private static final String NOT_FOUND = "There is no policy of this id.";

    private final RouteRegistry registry;
    private final AdminEvidence evidence;

    PoliciesResource(RouteRegistry registry, AdminEvidence evidence) {
        this.registry = registry;
        this.evidence = evidence;
    }

    List<Route> routes() {
        return List.of(
                evidence.read("/admin/policies", this::list),
                evidence.change("POST", "/admin/policies", this::upsert),
                evidence.read("/admin/policies/{id}", this::show),
                evidence.change("DELETE", "/admin/policies/{id}", this::delete));
    }

    private Response list(Request request) {
        return Response.json(
                200, registry.policies().stream().map(PolicyJson::fields).toList());
    }

    private Response show(Request request) {
        ApiPolicy policy = registry.policyById(request.pathParameter("id"));
        if (policy == null) {
            throw AdminRefused.of(404, NOT_FOUND);
        }
        return Response.json(200, PolicyJson.fields(policy));
    }

    private Response upsert(Request request) {
        List<String> faults = new ArrayList<>();
        ApiPolicy policy = PolicyJson.parse(request.body(), faults);
        if (policy == null) {
            throw AdminRefused.invalid(faults);
        }
        RouteRegistry.Committed done =
                evidence.apply(registry, request, RouteChange.of(new PolicyChange(List.of(policy), Set.of())));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", policy.id());
        answer.put("status", "ok");
        answer.put("generation", done.generation());
        return Response.json(done.createdPolicies().isEmpty() ? 200 : 201, answer);
    }

    private Response delete(Request request) {
        String id = request.pathParameter("id");
        if (registry.policyById(id) == null) {
            throw AdminRefused.of(404, NOT_FOUND);
        }
        evidence.apply(registry, request, RouteChange.of(new PolicyChange(List.of(), Set.of(id))));
        return Response.noContent();
    }
}
