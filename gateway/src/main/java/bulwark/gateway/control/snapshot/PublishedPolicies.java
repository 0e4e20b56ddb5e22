package bulwark.gateway.control.snapshot;

import bulwark.gateway.control.policy.PolicyForm;
import bulwark.gateway.control.policy.PolicyResource;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.policy.ApiPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the policies of snapshots out of bindings. For one thread. */
final class PublishedPolicies {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedPolicies.class);

    private final Map<String, ControlObject> policies;
    private final Map<String, ControlObject> apis;
    private final List<PublishedPolicy> published = new ArrayList<>();

    /**
     * A policy of a snapshot.
     *
     * @param tenant whose it is
     * @param gateway id of the only gateway that it is for; empty for all
     */
    record PublishedPolicy(ApiPolicy policy, String tenant, String gateway) {
        boolean isFor(String id) {
            return gateway.isEmpty() || gateway.equals(id);
        }
    }

    /**
     * @param policies by id
     * @param apis that are served, by id; those are taken away whose policy cannot be carried out
     */
    PublishedPolicies(Map<String, ControlObject> policies, Map<String, ControlObject> apis) {
        this.policies = policies;
        this.apis = apis;
    }

    /** A binding of an API that is not served concerns nothing. */
    void add(ControlObject binding) {
        ControlObject policy = policies.get(binding.text(PolicyResource.POLICY));
        String apiId = binding.text(PolicyResource.API);
        ControlObject api = apis.get(apiId);
        if (policy == null || !apiId.isEmpty() && api == null) {
            return;
        }
        PolicyForm.of(policy, api)
                .ifPresentOrElse(
                        form -> published.add(
                                new PublishedPolicy(form, policy.tenant(), binding.text(PolicyResource.GATEWAY))),
                        () -> close(policy, api));
    }

    /** What was stored before policies were checked, or by a newer version: its APIs are not served without it. */
    private void close(ControlObject policy, @Nullable ControlObject api) {
        LOG.error(
                "the policy {} of tenant {} cannot be carried out, so {} not served; change or unbind it",
                policy.name(),
                policy.tenant(),
                api == null ? "the tenant's APIs are" : "the API " + api.name() + " is");
        apis.values().removeIf(each -> api == null ? each.tenant().equals(policy.tenant()) : each == api);
    }

    /** Each policy once: a binding for every gateway takes the place of those for one. */
    List<PublishedPolicy> all() {
        Map<List<String>, PublishedPolicy> once = new LinkedHashMap<>();
        for (PublishedPolicy each : published) {
            String id = each.policy().id();
            if (each.gateway().isEmpty()) {
                once.keySet().removeIf(key -> key.getFirst().equals(id));
                once.put(List.of(id, ""), each);
            } else if (!once.containsKey(List.of(id, ""))) {
                once.put(List.of(id, each.gateway()), each);
            }
        }
        return List.copyOf(once.values());
    }
}
