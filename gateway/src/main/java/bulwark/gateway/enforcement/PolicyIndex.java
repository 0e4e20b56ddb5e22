package bulwark.gateway.enforcement;

import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.route.ApiRoute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Policies of one origin by what they concern. Not changed after it is made. */
final class PolicyIndex {
    private final Map<String, List<ApiPolicy>> byApi = new HashMap<>();
    private final Map<String, List<ApiPolicy>> byTenant = new HashMap<>();
    private final List<ApiPolicy> ofAll = new ArrayList<>();

    PolicyIndex(List<ApiPolicy> policies) {
        for (ApiPolicy policy : policies) {
            switch (policy.scope()) {
                case API ->
                    byApi.computeIfAbsent(String.valueOf(policy.apiId()), id -> new ArrayList<>())
                            .add(policy);
                case TENANT ->
                    byTenant.computeIfAbsent(String.valueOf(policy.tenantId()), id -> new ArrayList<>())
                            .add(policy);
                case GATEWAY -> ofAll.add(policy);
            }
        }
    }

    /** Those of the route's calls, in {@link ApiPolicy#ORDER}. */
    List<ApiPolicy> of(ApiRoute route) {
        List<ApiPolicy> concerned = new ArrayList<>(ofAll);
        concerned.addAll(byApi.getOrDefault(route.id(), List.of()));
        concerned.addAll(byTenant.getOrDefault(route.tenantId(), List.of()));
        concerned.sort(ApiPolicy.ORDER);
        return concerned;
    }
}
