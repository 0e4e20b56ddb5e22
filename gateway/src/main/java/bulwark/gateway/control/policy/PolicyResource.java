package bulwark.gateway.control.policy;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectFilter.Reference;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectPage;
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.AuditEventType;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.time.UuidV7;
import bulwark.web.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /v1/admin/policies} and their bindings, as they are stored: no gateway carries them out yet. */
public final class PolicyResource {
    private static final AuditEventType CREATED = ControlEvent.of("policy_created", "a policy was stored");
    private static final AuditEventType UPDATED = ControlEvent.of("policy_updated", "a policy was changed");
    private static final AuditEventType DELETED = ControlEvent.of("policy_deleted", "a policy was deleted");
    private static final AuditEventType BOUND =
            ControlEvent.of("policy_bound", "a policy was bound to an API or to the tenant");
    private static final AuditEventType UNBOUND =
            ControlEvent.of("policy_unbound", "the binding of a policy was removed");

    public static final List<AuditEventType> EVENTS = List.of(CREATED, UPDATED, DELETED, BOUND, UNBOUND);

    private static final int MAX_CONFIG = 16 << 10;
    private static final BodySchema FIELDS = BodySchema.of("PolicyUpdate")
            .anyObject("config")
            .number("priority", 0, 10_000)
            .choice("mode", "enforce", "shadow");
    private static final BodySchema DRAFT = BodySchema.of("PolicyDraft")
            .requiredText("name", 63, ObjectSchema.SLUG, ObjectSchema.SLUG_MUST)
            .requiredChoice(
                    "policy_type",
                    "cors",
                    "rate_limit",
                    "jwt_validation",
                    "ip_filter",
                    "logging",
                    "caching",
                    "transform")
            .and("PolicyDraft", FIELDS);
    private static final BodySchema VIEW = ObjectSchema.of("Policy", DRAFT);
    private static final BodySchema BINDING = BodySchema.of("PolicyBindingDraft")
            .requiredChoice("scope", "api", "tenant")
            .text("api_id", 64);
    private static final BodySchema BINDING_VIEW = ObjectSchema.of(
            "PolicyBinding",
            BINDING.and("PolicyBinding", BodySchema.of("Policy").text("policy_id", 64)));

    private final ControlStore store;

    public PolicyResource(ControlStore store) {
        this.store = store;
    }

    public List<ControlOperation> operations() {
        String all = "/v1/admin/policies";
        String one = all + "/{id}";
        return List.of(
                ControlOperation.permitted("GET", all, Permission.WORKFLOWS_READ, "List the policies of a tenant.")
                        .ofCallersTenant()
                        .pages(VIEW)
                        .handledBy(call -> list(call, ObjectKind.POLICY, ObjectFilter.ALL, VIEW)),
                ControlOperation.permitted("POST", all, Permission.WORKFLOWS_MANAGE, "Store a policy.")
                        .ofCallersTenant()
                        .takes(DRAFT)
                        .conflicts()
                        .answers(201, VIEW)
                        .handledBy(this::create),
                ControlOperation.permitted("PUT", one, Permission.WORKFLOWS_MANAGE, "Change a policy.")
                        .ofCallersTenant()
                        .takes(FIELDS)
                        .answers(200, VIEW)
                        .handledBy(this::update),
                ControlOperation.permitted(
                                "DELETE", one, Permission.WORKFLOWS_MANAGE, "Delete a policy that is bound to nothing.")
                        .ofCallersTenant()
                        .conflicts()
                        .answersNothing()
                        .handledBy(this::delete),
                ControlOperation.permitted(
                                "GET", one + "/bindings", Permission.WORKFLOWS_READ, "List what a policy is bound to.")
                        .ofCallersTenant()
                        .pages(BINDING_VIEW)
                        .handledBy(call -> list(
                                call,
                                ObjectKind.POLICY_BINDING,
                                ObjectFilter.of(new Reference(ObjectKind.POLICY, call.path("id"))),
                                BINDING_VIEW)),
                ControlOperation.permitted(
                                "POST",
                                one + "/bindings",
                                Permission.WORKFLOWS_MANAGE,
                                "Bind a policy to an API or to the tenant.")
                        .ofCallersTenant()
                        .takes(BINDING)
                        .conflicts()
                        .answers(201, BINDING_VIEW)
                        .handledBy(this::bind),
                ControlOperation.permitted(
                                "DELETE", one + "/bindings/{binding}", Permission.WORKFLOWS_MANAGE, "Remove a binding.")
                        .ofCallersTenant()
                        .answersNothing()
                        .handledBy(this::unbind));
    }

    private Response list(ControlCall call, ObjectKind kind, ObjectFilter filter, BodySchema view) {
        ObjectPage page = store.read(call.scope(), tx -> tx.page(kind, filter, call.page()));
        return Response.json(200, page.members(object -> view.view(object.members())));
    }

    private static Map<String, Object> fields(ControlCall call) {
        Map<String, Object> fields = new LinkedHashMap<>(call.body());
        fields.remove("name");
        Object config = fields.get("config");
        if (config != null && StrictJson.write(config).length > MAX_CONFIG) {
            throw new BodyRefused(List.of("config must have at most " + MAX_CONFIG + " bytes"));
        }
        return fields;
    }

    private Response create(ControlCall call) {
        ControlObject made = store.change(call.scope(), call.actor(), CREATED, change -> {
            Map<String, Object> fields = fields(call);
            fields.putIfAbsent("priority", 100L);
            fields.putIfAbsent("mode", "enforce");
            return change.create(ObjectKind.POLICY, call.text("name"), "stored", fields);
        });
        return Response.json(201, VIEW.view(made.members()));
    }

    private Response update(ControlCall call) {
        ControlObject changed = store.change(
                call.scope(),
                call.actor(),
                UPDATED,
                change -> change.update(
                        change.require(ObjectKind.POLICY, call.path("id")).withFields(fields(call))));
        return Response.json(200, VIEW.view(changed.members()));
    }

    private Response delete(ControlCall call) {
        store.change(call.scope(), call.actor(), DELETED, change -> {
            ControlObject policy = change.require(ObjectKind.POLICY, call.path("id"));
            if (change.count(ObjectKind.POLICY_BINDING, ObjectFilter.of(new Reference(ObjectKind.POLICY, policy.id())))
                    > 0) {
                throw ObjectRefused.conflict("bound", "The policy is bound; remove its bindings first.");
            }
            change.delete(policy);
            return true;
        });
        return Response.noContent();
    }

    private Response bind(ControlCall call) {
        boolean toApi = call.text("scope").equals("api");
        if (toApi == call.text("api_id").isEmpty()) {
            throw new BodyRefused(List.of("api_id must be given for the scope api, and for no other"));
        }
        ControlObject made = store.change(call.scope(), call.actor(), BOUND, change -> {
            ControlObject policy = change.require(ObjectKind.POLICY, call.path("id"));
            if (toApi && change.find(ObjectKind.API, call.text("api_id")).isEmpty()) {
                throw new BodyRefused(List.of("api_id names no API of this tenant"));
            }
            Map<String, Object> fields = new LinkedHashMap<>(call.body());
            fields.put("policy_id", policy.id());
            return change.create(
                    ObjectKind.POLICY_BINDING,
                    UuidV7.next(change.now()),
                    policy.id() + ":" + call.text("scope") + ":" + call.text("api_id"),
                    "stored",
                    fields,
                    List.of(new Reference(ObjectKind.POLICY, policy.id())),
                    ObjectKind.POLICY_BINDING.maxPerTenant());
        });
        return Response.json(201, BINDING_VIEW.view(made.members()));
    }

    private Response unbind(ControlCall call) {
        store.change(call.scope(), call.actor(), UNBOUND, change -> {
            ControlObject binding = change.require(ObjectKind.POLICY_BINDING, call.path("binding"));
            if (!binding.text("policy_id").equals(call.path("id"))) {
                throw ObjectRefused.absent(ObjectKind.POLICY_BINDING);
            }
            change.delete(binding);
            return true;
        });
        return Response.noContent();
    }
}
