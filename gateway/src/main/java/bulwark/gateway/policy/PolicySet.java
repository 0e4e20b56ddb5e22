package bulwark.gateway.policy;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The policies that stand beside one set of routes, by who may change them. Immutable.
 *
 * @param version for records of decisions: the generation of the gateway's own routes and policies, and after a plus sign that of the control plane's, where it has one
 * @param own the gateway's own: they concern every route
 * @param pushed of a control plane: they concern its own routes and no other
 * @param pushedRoutes ids of those
 */
public record PolicySet(String version, List<ApiPolicy> own, List<ApiPolicy> pushed, Set<String> pushedRoutes) {
    public PolicySet {
        own = List.copyOf(own);
        pushed = List.copyOf(pushed);
        pushedRoutes = Set.copyOf(pushedRoutes);
    }

    /** Of a gateway that no control plane pushes anything to. */
    public static PolicySet ofOwn(long generation, Collection<ApiPolicy> own) {
        return new PolicySet(Long.toString(generation), List.copyOf(own), List.of(), Set.of());
    }
}
