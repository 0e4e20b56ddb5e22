package bulwark.gateway.policy;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One rule for calls of one API, of all APIs of a tenant, or of all. Made by {@link PolicyJson}, which has checked every field. Immutable.
 *
 * @param id {@code A-Za-z0-9._-}, at most 200 characters
 * @param apiId of a route; null unless the scope is one API
 * @param tenantId null unless the scope is one tenant
 * @param priority 0 to 10,000; the lower number goes first
 */
public record ApiPolicy(
        String id,
        String name,
        PolicyMode mode,
        @Nullable String apiId,
        @Nullable String tenantId,
        int priority,
        PolicyRule rule) {
    public static final int DEFAULT_PRIORITY = 100;

    /** Of two policies of one type the lower priority goes first, then the narrower scope, then the id. */
    public static final Comparator<ApiPolicy> ORDER = Comparator.comparingInt(ApiPolicy::priority)
            .thenComparing(ApiPolicy::scope)
            .thenComparing(ApiPolicy::id);

    /** Whose calls, the narrowest first. */
    public enum Scope {
        API,
        TENANT,
        GATEWAY
    }

    public Scope scope() {
        return apiId != null ? Scope.API : tenantId != null ? Scope.TENANT : Scope.GATEWAY;
    }

    public PolicyType type() {
        return rule.type();
    }

    /** Whether it concerns the calls of this route. */
    public boolean concerns(String routeId, String tenantOfRoute) {
        return switch (scope()) {
            case API -> routeId.equals(apiId);
            case TENANT -> tenantOfRoute.equals(tenantId);
            case GATEWAY -> true;
        };
    }
}
