package bulwark.gateway.policy;

import bulwark.gateway.policy.ApiPolicy.Scope;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The one form of a policy, in requests, files, the store and snapshots: {@code {id, name, policy_type, mode, scope, api_id, tenant_id, priority, config}}. All faults are told at once,
 * each by the name of its field. What was read and is written reads as the same policy.
 */
public final class PolicyJson {
    private static final int MAX_PRIORITY = 10_000;
    private static final int MAX_ID = 200;
    private static final String IDENTIFIER =
            "must be of A-Z, a-z, 0-9, '.', '_' and '-', and begin with a letter, a digit or '_'";

    private PolicyJson() {}

    /** Null when the text is no JSON or something is wrong. @param faults is added to */
    public static @Nullable ApiPolicy parse(byte[] utf8, List<String> faults) {
        JsonNode node;
        try {
            node = StrictJson.parse(utf8);
        } catch (StrictJson.DuplicateKey e) {
            faults.add("the document names a field twice; keep one");
            return null;
        } catch (StrictJson.JsonRefused e) {
            faults.add(String.valueOf(e.getMessage()));
            return null;
        }
        int before = faults.size();
        ApiPolicy policy = read(node, "", faults);
        return faults.size() == before ? policy : null;
    }

    /**
     * @param where what stands before the names of the fields in a sentence
     * @param faults is added to; the policy is good only when nothing was
     */
    public static ApiPolicy read(JsonNode node, String where, List<String> faults) {
        JsonFields fields = JsonFields.of(node, where, faults);
        String id = fields.text("id", MAX_ID, PolicyJson::isIdentifier, IDENTIFIER);
        String apiId = fields.optionalText("api_id", MAX_ID);
        String tenantId = fields.optionalText("tenant_id", 128);
        checkScope(fields, apiId, tenantId);
        PolicyType type = type(fields);
        ApiPolicy policy = new ApiPolicy(
                id,
                fields.text("name", 200, id),
                fields.choice("mode", PolicyMode.class, PolicyMode.ENFORCE),
                apiId,
                tenantId,
                (int) fields.wholeNumber("priority", 0, MAX_PRIORITY, ApiPolicy.DEFAULT_PRIORITY),
                rule(type, fields));
        fields.end();
        return policy;
    }

    private static void checkScope(JsonFields fields, @Nullable String apiId, @Nullable String tenantId) {
        if (apiId != null && tenantId != null) {
            fields.fault("tenant_id", "must not stand beside api_id: a policy is of one API, of one tenant, or of all");
        }
        Scope named = apiId != null ? Scope.API : tenantId != null ? Scope.TENANT : Scope.GATEWAY;
        Scope said = fields.choice("scope", Scope.class, named);
        if (said != named) {
            fields.fault(
                    "scope",
                    "must be " + JsonFields.word(named)
                            + " here: api_id makes it api, tenant_id makes it tenant, neither makes it gateway");
        }
    }

    private static PolicyType type(JsonFields fields) {
        if (!fields.has("policy_type")) {
            fields.fault("policy_type", "must not be empty");
        }
        return fields.choice("policy_type", PolicyType.class, PolicyType.LOGGING);
    }

    private static PolicyRule rule(PolicyType type, JsonFields fields) {
        Optional<JsonFields> given = fields.object("config");
        JsonFields config = given.orElseGet(() -> fields.nested("config"));
        PolicyRule rule = switch (type) {
            case LOGGING -> LoggingRule.read(config);
            case CORS -> CorsRule.read(config);
            case IP_FILTER -> IpFilterRule.read(config);
            case JWT_VALIDATION -> JwtRule.read(config);
            case RATE_LIMIT -> RateLimitRule.read(config);
            case TRANSFORM -> TransformRule.read(config);
            case CACHING -> CachingRule.read(config);
        };
        config.end();
        return rule;
    }

    private static boolean isIdentifier(String text) {
        return text.matches("[A-Za-z0-9_][A-Za-z0-9._-]*");
    }

    /** Every field, those of no value left out; for {@link StrictJson#write}. */
    public static Map<String, Object> fields(ApiPolicy policy) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", policy.id());
        fields.put("name", policy.name());
        fields.put("policy_type", policy.type().wireName());
        fields.put("mode", JsonFields.word(policy.mode()));
        fields.put("scope", JsonFields.word(policy.scope()));
        if (policy.apiId() != null) {
            fields.put("api_id", policy.apiId());
        }
        if (policy.tenantId() != null) {
            fields.put("tenant_id", policy.tenantId());
        }
        fields.put("priority", policy.priority());
        fields.put("config", policy.rule().fields());
        return fields;
    }
}
