package bulwark.gateway.caller;

import bulwark.gateway.permission.OAuthScope;
import bulwark.gateway.permission.RoleTable;
import bulwark.gateway.permission.RouteReach;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute;
import bulwark.kernel.access.AccessDecision;
import bulwark.kernel.access.AccessDecision.Decision;
import bulwark.kernel.access.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Whether a principal may use a route: it must be of the caller's own tenant, and the caller must have the scope of the method, {@code stoa:read} for those that change nothing and
 * {@code stoa:write} for all others. A route of another tenant is no different from none. Immutable.
 */
public final class RouteAccess {
    private final String challenge;

    /** @param resourceMetadata absolute URL of the protected resource's metadata, which challenges name */
    public RouteAccess(String resourceMetadata) {
        this.challenge = ", resource_metadata=\"" + resourceMetadata + "\"";
    }

    /** Null when the call may go on. */
    public @Nullable GatewayRefusal refusal(Principal caller, ApiRoute route, String method) {
        if (!reaches(caller, route)) {
            return new GatewayRefusal.NoRoute();
        }
        String scope = (isSafe(method) ? OAuthScope.READ : OAuthScope.WRITE).wireName();
        if (AccessDecision.decide(caller, scope) instanceof Decision.Refused refused) {
            return new GatewayRefusal.Forbidden(
                    "insufficient_scope",
                    "Permission denied: " + refused.missingPermission() + " required",
                    "Bearer error=\"insufficient_scope\", scope=\"" + scope + "\"" + challenge);
        }
        return null;
    }

    /** Whether the route exists for the principal. */
    static boolean reaches(Principal caller, ApiRoute route) {
        return RoleTable.reaches(caller, route.tenantId()) && RouteReach.allows(caller, route.id());
    }

    /** RFC 9110 §9.2.1. */
    private static boolean isSafe(String method) {
        return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
    }
}
