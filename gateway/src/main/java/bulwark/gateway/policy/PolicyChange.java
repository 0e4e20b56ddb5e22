package bulwark.gateway.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What becomes of the policies, all of it or nothing.
 *
 * @param upserts policies that are new or replace the one of their id
 * @param removals ids; one that is not there is no fault
 */
public record PolicyChange(List<ApiPolicy> upserts, Set<String> removals) {
    public static final PolicyChange NONE = new PolicyChange(List.of(), Set.of());

    public PolicyChange {
        upserts = List.copyOf(upserts);
        removals = Set.copyOf(removals);
    }

    /** The change after which exactly these policies stand. */
    public static PolicyChange between(List<ApiPolicy> now, List<ApiPolicy> wanted) {
        Map<String, ApiPolicy> gone = new LinkedHashMap<>();
        now.forEach(policy -> gone.put(policy.id(), policy));
        List<ApiPolicy> upserts = new ArrayList<>();
        for (ApiPolicy policy : wanted) {
            if (!policy.equals(gone.remove(policy.id()))) {
                upserts.add(policy);
            }
        }
        return new PolicyChange(upserts, gone.keySet());
    }

    public boolean isEmpty() {
        return upserts.isEmpty() && removals.isEmpty();
    }

    /** The policies after it, in the order in which they came. */
    public List<ApiPolicy> applied(List<ApiPolicy> before) {
        Map<String, ApiPolicy> after = new LinkedHashMap<>();
        before.forEach(policy -> after.put(policy.id(), policy));
        removals.forEach(after::remove);
        upserts.forEach(policy -> after.put(policy.id(), policy));
        return List.copyOf(after.values());
    }
}
