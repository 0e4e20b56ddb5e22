package bulwark.gateway.route;

import bulwark.gateway.policy.PolicySet;
import java.util.Collection;

/** Puts routes and their policies where requests are matched against them. */
@FunctionalInterface
public interface RoutePublisher {
    /**
     * Makes everything ready, so that nothing can fail any more.
     *
     * @param generation grows with each call
     *
     * @return publishes the routes, unless later ones are published already
     * @throws RoutesRefused when the routes cannot stand beside one another
     */
    Runnable prepare(long generation, Collection<ApiRoute> routes, PolicySet policies);
}
