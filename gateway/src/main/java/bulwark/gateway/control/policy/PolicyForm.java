package bulwark.gateway.control.policy;

import bulwark.gateway.control.api.ApiRouteForm;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicyJson;
import bulwark.kernel.json.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The form in which gateways carry out a policy of a tenant: one for each binding, and each names the tenant or one of its APIs, so that no tenant's policy reaches another's calls. */
public final class PolicyForm {
    private PolicyForm() {}

    /** @throws BodyRefused with every field that no policy may have */
    public static void check(String tenant, String name, Map<String, Object> fields) {
        List<String> faults = new ArrayList<>();
        Map<String, Object> members = members(id(tenant, name, ""), name, fields);
        members.put("tenant_id", tenant);
        PolicyJson.parse(StrictJson.write(members), faults);
        if (!faults.isEmpty()) {
            throw new BodyRefused(faults);
        }
    }

    /**
     * Empty when the policy is not one that can be carried out.
     *
     * @param api that the binding names; null when it is for all APIs of the tenant
     */
    public static Optional<ApiPolicy> of(ControlObject policy, @Nullable ControlObject api) {
        Map<String, Object> members = members(
                id(policy.tenant(), policy.name(), api == null ? "" : api.name()), policy.name(), policy.fields());
        if (api == null) {
            members.put("tenant_id", policy.tenant());
        } else {
            members.put("api_id", ApiRouteForm.id(api));
        }
        return Optional.ofNullable(PolicyJson.parse(StrictJson.write(members), new ArrayList<>()));
    }

    /** As decision records and metrics of gateways name it. Names hold no dot. */
    private static String id(String tenant, String name, String api) {
        return "cp." + tenant + "." + name + (api.isEmpty() ? "" : "." + api);
    }

    private static Map<String, Object> members(String id, String name, Map<String, Object> fields) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", id);
        members.put("name", name);
        for (String field : List.of("policy_type", "mode", "priority", "config")) {
            Object value = fields.get(field);
            if (value != null) {
                members.put(field, value);
            }
        }
        return members;
    }
}
