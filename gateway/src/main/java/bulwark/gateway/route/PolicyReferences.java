package bulwark.gateway.route;

import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.CachingRule;
import bulwark.gateway.policy.PolicyType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds policies that can match no call of any route. */
public final class PolicyReferences {
    private PolicyReferences() {}

    /** @throws RoutesRefused with one sentence for each policy and fault */
    public static void check(List<ApiRoute> routes, List<ApiPolicy> policies) {
        if (policies.isEmpty()) {
            return;
        }
        RouteIndex concerned = new RouteIndex(routes);
        List<String> sentences = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ApiPolicy policy : policies) {
            if (!seen.add(policy.id())) {
                sentences.add("There are two policies with the id " + policy.id() + "; keep one.");
            }
            problem(policy, concerned.by(policy)).ifPresent(sentences::add);
        }
        if (!sentences.isEmpty()) {
            throw new RoutesRefused(sentences);
        }
    }

    /** Those that {@link #check} finds nothing wrong with: what can match no call is left out. */
    public static List<ApiPolicy> matching(List<ApiRoute> routes, List<ApiPolicy> policies) {
        if (policies.isEmpty()) {
            return policies;
        }
        RouteIndex concerned = new RouteIndex(routes);
        return policies.stream()
                .filter(policy -> problem(policy, concerned.by(policy)).isEmpty())
                .toList();
    }

    private static Optional<String> problem(ApiPolicy policy, List<ApiRoute> concerned) {
        if (concerned.isEmpty() && policy.scope() != ApiPolicy.Scope.GATEWAY) {
            return Optional.of(without(policy));
        }
        String what = "The policy " + policy.id() + ", policy_type: ";
        if (policy.type() == PolicyType.CACHING
                && !concerned.isEmpty()
                && concerned.stream().noneMatch(route -> route.takes("GET"))) {
            return Optional.of(what + "caching can never match, since no API that it is for takes GET.");
        }
        if (policy.rule() instanceof CachingRule rule && !rule.shared() && isForAnybody(concerned)) {
            return Optional.of(
                    what
                            + "caching can never match, since each API that it is for takes calls of anybody: say \"shared\": true where all callers may be given the same answer.");
        }
        if (policy.type() == PolicyType.JWT_VALIDATION && isForAnybody(concerned)) {
            return Optional.of(
                    what
                            + "jwt_validation asks for a caller that is never known, since each API that it is for takes calls of anybody.");
        }
        return Optional.empty();
    }

    private static boolean isForAnybody(List<ApiRoute> concerned) {
        return !concerned.isEmpty()
                && concerned.stream().allMatch(route -> route.callers() == ApiRoute.Callers.ANYBODY);
    }

    /** Routes by what policies name. */
    private static final class RouteIndex {
        private final List<ApiRoute> all;
        private final Map<String, ApiRoute> byId = new HashMap<>();
        private final Map<String, List<ApiRoute>> byTenant = new HashMap<>();

        RouteIndex(List<ApiRoute> routes) {
            all = routes;
            for (ApiRoute route : routes) {
                byId.put(route.id(), route);
                byTenant.computeIfAbsent(route.tenantId(), tenant -> new ArrayList<>())
                        .add(route);
            }
        }

        List<ApiRoute> by(ApiPolicy policy) {
            return switch (policy.scope()) {
                case API -> {
                    ApiRoute route = byId.get(String.valueOf(policy.apiId()));
                    yield route == null ? List.of() : List.of(route);
                }
                case TENANT -> byTenant.getOrDefault(String.valueOf(policy.tenantId()), List.of());
                case GATEWAY -> all;
            };
        }
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
