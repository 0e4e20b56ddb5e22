package bulwark.gateway.control.transfer;

import bulwark.gateway.control.api.ApiDocumentResource;
import bulwark.gateway.control.api.ApiResource;
import bulwark.gateway.control.consumer.ConsumerResource;
import bulwark.gateway.control.plan.PlanResource;
import bulwark.gateway.control.policy.PolicyResource;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.tool.ToolPermissionResource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What a file of a tenant may hold, in an order in which nothing refers to what comes later. */
enum TransferredKind {
    PLAN(ObjectKind.PLAN, PlanResource.FIELDS, "active", "deprecated", "archived"),
    CONSUMER(ObjectKind.CONSUMER, ConsumerResource.FIELDS, "active", "suspended", "blocked"),
    /** Somebody looks at an imported API before it is served: whatever the file says, it is a draft. */
    API(ObjectKind.API, ApiResource.FIELDS, "draft"),
    API_DOCUMENT(
            ObjectKind.API_DOCUMENT,
            BodySchema.of("TransferredDocument").anyObject(ApiDocumentResource.DOCUMENT),
            "stored"),
    POLICY(ObjectKind.POLICY, PolicyResource.CONTENT, "stored"),
    POLICY_BINDING(
            ObjectKind.POLICY_BINDING,
            BodySchema.of("TransferredBinding")
                    .requiredChoice("scope", "api", "tenant")
                    .text(PolicyResource.API, 64)
                    .requiredText(PolicyResource.POLICY, 64),
            "stored"),
    TOOL_PERMISSION(ObjectKind.TOOL_PERMISSION, ToolPermissionResource.CONTENT, "stored");

    static final List<String> WORDS =
            Stream.of(values()).map(each -> each.kind.word()).toList();

    private final ObjectKind kind;
    private final BodySchema fields;
    private final Set<String> states;
    private final String first;

    TransferredKind(ObjectKind kind, BodySchema fields, String... states) {
        this.kind = kind;
        this.fields = fields;
        this.states = Set.of(states);
        this.first = states[0];
    }

    static TransferredKind of(String word) {
        return Stream.of(values())
                .filter(each -> each.kind.word().equals(word))
                .findFirst()
                .orElseThrow();
    }

    ObjectKind kind() {
        return kind;
    }

    BodySchema fields() {
        return fields;
    }

    /** The state after the import. */
    String state(String given) {
        return states.contains(given) ? given : first;
    }

    Map<String, Object> written(ControlObject object) {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("kind", kind.word());
        written.put("id", object.id());
        written.put("name", object.name());
        written.put("status", object.state());
        written.put("fields", fields.view(object.fields()));
        return written;
    }
}
