package bulwark.gateway.permission;

import bulwark.kernel.access.Principal;

/** How a principal is limited to one route: by a scope that names it. Stateless. */
public final class RouteReach {
    private static final String PREFIX = "route:";

    private RouteReach() {}

    /** The scope, for {@link Principal#scopes}. */
    public static String of(String route) {
        return PREFIX + route;
    }

    /** Whether the route exists for the caller as far as that goes. */
    public static boolean allows(Principal caller, String route) {
        return !caller.isLimited() || caller.reaches(of(route));
    }
}
