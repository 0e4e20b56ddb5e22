package bulwark.gateway.route;

import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.CachingRule;
import bulwark.gateway.policy.PolicyType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds policies that can match no call of any route. */
public final class PolicyReferences {
    private PolicyReferences() {}

    /** @throws RoutesRefused with one sentence for each policy and fault */
    public static void check(List<ApiRoute> routes, List<ApiPolicy> policies) {
        if (policies.isEmpty()) {
            return;
        }
        Map<String, ApiRoute> byId = new HashMap<>();
        Map<String, List<ApiRoute>> byTenant = new HashMap<>();
        for (ApiRoute route : routes) {
            byId.put(route.id(), route);
            byTenant.computeIfAbsent(route.tenantId(), tenant -> new ArrayList<>())
                    .add(route);
        }
        List<String> sentences = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ApiPolicy policy : policies) {
            if (!seen.add(policy.id())) {
                sentences.add("There are two policies with the id " + policy.id() + "; keep one.");
            }
            List<ApiRoute> concerned = concerned(policy, routes, byId, byTenant);
            if (concerned.isEmpty() && policy.scope() != ApiPolicy.Scope.GATEWAY) {
                sentences.add(without(policy));
            } else if (policy.type() == PolicyType.CACHING
                    && !concerned.isEmpty()
                    && concerned.stream().noneMatch(route -> route.takes("GET"))) {
                sentences.add("The policy " + policy.id()
                        + ", policy_type: caching can never match, since no API that it is for takes GET.");
            } else if (policy.rule() instanceof CachingRule rule && !rule.shared() && isForAnybody(concerned)) {
                sentences.add(
                        "The policy " + policy.id()
                                + ", policy_type: caching can never match, since each API that it is for takes calls of anybody: say \"shared\": true where all callers may be given the same answer.");
            } else if (policy.type() == PolicyType.JWT_VALIDATION && isForAnybody(concerned)) {
                sentences.add(
                        "The policy " + policy.id()
                                + ", policy_type: jwt_validation asks for a caller that is never known, since each API that it is for takes calls of anybody.");
            }
        }
        if (!sentences.isEmpty()) {
            throw new RoutesRefused(sentences);
        }
    }

    private static boolean isForAnybody(List<ApiRoute> concerned) {
        return !concerned.isEmpty()
                && concerned.stream().allMatch(route -> route.callers() == ApiRoute.Callers.ANYBODY);
    }

    private static List<ApiRoute> concerned(
            ApiPolicy policy, List<ApiRoute> all, Map<String, ApiRoute> byId, Map<String, List<ApiRoute>> byTenant) {
        return switch (policy.scope()) {
            case API -> {
                ApiRoute route = byId.get(String.valueOf(policy.apiId()));
                yield route == null ? List.of() : List.of(route);
            }
            case TENANT -> byTenant.getOrDefault(String.valueOf(policy.tenantId()), List.of());
            case GATEWAY -> all;
        };
    }

    private static String without(ApiPolicy policy) {
        return "The policy " + policy.id()
                + (policy.scope() == ApiPolicy.Scope.API
                        ? ", api_id: there is no API " + policy.apiId()
                                + "; name one, or remove the policy with its API."
                        : ", tenant_id: no API is of the tenant " + policy.tenantId()
                                + "; name another, or remove the policy with the tenant's last API.");
    }
}
