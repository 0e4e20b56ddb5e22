package bulwark.gateway.enforcement;

import bulwark.gateway.call.CallPolicies;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.CachingRule;
import bulwark.gateway.policy.CorsRule;
import bulwark.gateway.policy.IpFilterRule;
import bulwark.gateway.policy.JwtRule;
import bulwark.gateway.policy.LoggingRule;
import bulwark.gateway.policy.PolicyMode;
import bulwark.gateway.policy.PolicySet;
import bulwark.gateway.policy.PolicyType;
import bulwark.gateway.policy.RateLimitRule;
import bulwark.gateway.policy.TransformRule;
import bulwark.gateway.route.ApiRoute;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the chains of routes. A call passes the types in the order of {@link PolicyType}; within a type the gateway's own policies go before those of a control plane, and among each
 * {@link ApiPolicy#ORDER} holds. Of cors and caching the first that is enforced is the only one. What a policy counted stays as long as the policy does. Used by one thread at a time.
 */
public final class PolicyCompiler {
    private static final Comparator<ApiPolicy> BY_TYPE = Comparator.comparing(ApiPolicy::type);
    private static final Set<PolicyType> ON_ARRIVAL =
            EnumSet.of(PolicyType.LOGGING, PolicyType.CORS, PolicyType.IP_FILTER);
    private static final Set<PolicyType> ONLY_ONE = EnumSet.of(PolicyType.CORS, PolicyType.CACHING);
    private static final String SETTING = "STOA_CORS__ALLOWED_ORIGINS";

    private final PolicyMetrics metrics;
    private final ResponseCache cache;
    private final Clock clock;
    private final @Nullable BoundPolicy everywhere;
    private final RequestStage marker;
    private final CallPolicies withoutPolicies;
    private Map<ApiPolicy, BoundPolicy> bound = Map.of();
    private Map<String, OfRoute> routes = Map.of();

    private record OfRoute(ApiRoute route, List<ApiPolicy> policies, CallPolicies compiled) {}

    /** @param allowedOrigins of every API without a policy of its own; empty for none */
    public PolicyCompiler(Set<String> allowedOrigins, ResponseCache cache, PolicyMetrics metrics, Clock clock) {
        this.metrics = metrics;
        this.cache = cache;
        this.clock = clock;
        if (allowedOrigins.isEmpty()) {
            everywhere = null;
            marker = RequestStage.PASS;
            withoutPolicies = CallPolicies.NONE;
        } else {
            CorsRule rule = CorsRule.ofOrigins(allowedOrigins);
            CorsExecutor executor = new CorsExecutor(SETTING, rule);
            ApiPolicy policy =
                    new ApiPolicy(SETTING, SETTING, PolicyMode.ENFORCE, null, null, ApiPolicy.DEFAULT_PRIORITY, rule);
            everywhere = new BoundPolicy(policy, executor, metrics);
            marker = executor.marker();
            withoutPolicies = new CallPolicies(PolicyChain.of(List.of(everywhere)), RequestStage.PASS, true);
        }
    }

    /** For requests before their route is looked up: leaves what the setting says of origins on the answer. */
    public RequestStage marker() {
        return marker;
    }

    /** Chains that are ready and not in use yet. */
    public final class Prepared {
        private final Map<ApiPolicy, BoundPolicy> nextBound = new HashMap<>();
        private final Map<String, OfRoute> nextRoutes = new HashMap<>();
        private final Set<String> pushedRoutes;
        private final PolicyIndex own;
        private final PolicyIndex pushed;

        private Prepared(PolicySet policies) {
            pushedRoutes = policies.pushedRoutes();
            own = new PolicyIndex(policies.own());
            pushed = new PolicyIndex(policies.pushed());
            bind(policies.own());
            bind(policies.pushed());
        }

        private void bind(List<ApiPolicy> policies) {
            for (ApiPolicy policy : policies) {
                BoundPolicy former = bound.get(policy);
                nextBound.put(policy, former == null ? new BoundPolicy(policy, executor(policy), metrics) : former);
            }
        }

        public CallPolicies of(ApiRoute route) {
            List<ApiPolicy> mine = new ArrayList<>(own.of(route));
            if (pushedRoutes.contains(route.id())) {
                mine.addAll(pushed.of(route));
            }
            if (mine.isEmpty()) {
                return withoutPolicies;
            }
            mine.sort(BY_TYPE);
            OfRoute former = routes.get(route.id());
            OfRoute now = former != null
                            && former.route().equals(route)
                            && former.policies().equals(mine)
                    ? former
                    : new OfRoute(route, mine, chains(mine));
            nextRoutes.put(route.id(), now);
            return now.compiled();
        }

        private CallPolicies chains(List<ApiPolicy> mine) {
            List<BoundPolicy> arrival = new ArrayList<>();
            List<BoundPolicy> governed = new ArrayList<>();
            Set<PolicyType> taken = EnumSet.noneOf(PolicyType.class);
            for (ApiPolicy policy : mine) {
                boolean enforced = policy.mode() == PolicyMode.ENFORCE;
                if (enforced && !taken.add(policy.type()) && ONLY_ONE.contains(policy.type())) {
                    continue;
                }
                BoundPolicy carried = nextBound.get(policy);
                if (carried != null) {
                    (ON_ARRIVAL.contains(policy.type()) ? arrival : governed).add(carried);
                }
            }
            boolean own = taken.contains(PolicyType.CORS);
            if (!own && everywhere != null) {
                arrival.addFirst(everywhere);
            }
            return new CallPolicies(PolicyChain.of(arrival), PolicyChain.of(governed), own || everywhere != null);
        }

        /** From now on these are the ones that later ones are compared with. */
        public void adopt() {
            bound = nextBound;
            routes = nextRoutes;
        }
    }

    public Prepared prepare(PolicySet policies) {
        return new Prepared(policies);
    }

    private PolicyExecutor executor(ApiPolicy policy) {
        return switch (policy.rule()) {
            case CorsRule cors -> new CorsExecutor(policy.id(), cors);
            case IpFilterRule filter -> new IpFilterExecutor(policy.id(), filter);
            case JwtRule jwt -> new JwtExecutor(policy.id(), jwt);
            case RateLimitRule limit -> new RateLimitExecutor(limit, clock);
            case LoggingRule logging -> new LoggingExecutor(policy.id(), logging);
            case TransformRule transform -> new TransformExecutor(transform);
            case CachingRule caching -> new CachingExecutor(caching, policy.mode() == PolicyMode.SHADOW, cache, clock);
        };
    }
}
