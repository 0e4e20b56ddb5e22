package bulwark.gateway.control.policy;

import bulwark.gateway.control.api.ApiRouteForm;
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
import bulwark.gateway.route.PolicyReferences;
import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.time.UuidV7;
import bulwark.web.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /v1/admin/policies} and their bindings: a policy is carried out by gateways from its first binding on. */
public final class PolicyResource {
    private static final AuditEventType CREATED = ControlEvent.of("policy_created", "a policy was stored");
    private static final AuditEventType UPDATED = ControlEvent.of("policy_updated", "a policy was changed");
    private static final AuditEventType DELETED = ControlEvent.of("policy_deleted", "a policy was deleted");
    private static final AuditEventType BOUND = ControlEvent.of(
            "policy_bound", "a policy was bound to an API, to the tenant, or to the tenant's APIs at one gateway");
    private static final AuditEventType UNBOUND =
            ControlEvent.of("policy_unbound", "the binding of a policy was removed");

    public static final List<AuditEventType> EVENTS = List.of(CREATED, UPDATED, DELETED, BOUND, UNBOUND);

    /** Fields of a binding. */
    public static final String POLICY = "policy_id";

    public static final String API = "api_id";
    public static final String GATEWAY = "gateway_id";

    private static final int MAX_CONFIG = 16 << 10;
    private static final BodySchema FIELDS = BodySchema.of("PolicyUpdate")
            .anyObject("config")
            .number("priority", 0, 10_000)
            .choice("mode", "enforce", "shadow");
    /** What a policy says of itself. */
    public static final BodySchema CONTENT = BodySchema.of("PolicyContent")
            .requiredChoice(
                    "policy_type",
                    "cors",
                    "rate_limit",
                    "jwt_validation",
                    "ip_filter",
                    "logging",
                    "caching",
                    "transform")
            .and("PolicyContent", FIELDS);

    private static final BodySchema DRAFT = BodySchema.of("PolicyDraft")
            .requiredText("name", 63, ObjectSchema.SLUG, ObjectSchema.SLUG_MUST)
            .and("PolicyDraft", CONTENT);
    private static final BodySchema VIEW = ObjectSchema.of("Policy", DRAFT);
    private static final BodySchema BINDING = BodySchema.of("PolicyBindingDraft")
            .requiredChoice("scope", "api", "tenant", "gateway")
            .text(API, 64)
            .text(GATEWAY, 64);
    private static final BodySchema BINDING_VIEW = ObjectSchema.of(
            "PolicyBinding",
            BINDING.and("PolicyBinding", BodySchema.of("Policy").text(POLICY, 64)));

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
                                "Bind a policy to an API, to all APIs of the tenant, or to those at one gateway.")
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
            PolicyForm.check(call.scope().tenant(), call.text("name"), fields);
            return change.create(ObjectKind.POLICY, call.text("name"), "stored", fields);
        });
        return Response.json(201, VIEW.view(made.members()));
    }

    private Response update(ControlCall call) {
        ControlObject changed = store.change(call.scope(), call.actor(), UPDATED, change -> {
            ControlObject next =
                    change.require(ObjectKind.POLICY, call.path("id")).withFields(fields(call));
            PolicyForm.check(next.tenant(), next.name(), next.fields());
            return change.update(next);
        });
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
        checkScope(call, "api", API);
        checkScope(call, "gateway", GATEWAY);
        if (!call.text(GATEWAY).isEmpty()) {
            checkGateway(call);
        }
        ControlObject made = store.change(call.scope(), call.actor(), BOUND, change -> {
            ControlObject policy = change.require(ObjectKind.POLICY, call.path("id"));
            List<Reference> references = new ArrayList<>(List.of(new Reference(ObjectKind.POLICY, policy.id())));
            if (!call.text(API).isEmpty()) {
                ControlObject api = change.find(ObjectKind.API, call.text(API))
                        .orElseThrow(() -> new BodyRefused(List.of("api_id names no API of this tenant")));
                checkMatches(policy, api);
                references.add(new Reference(ObjectKind.API, api.id()));
            }
            Map<String, Object> fields = new LinkedHashMap<>(call.body());
            fields.put(POLICY, policy.id());
            return change.create(
                    ObjectKind.POLICY_BINDING,
                    UuidV7.next(change.now()),
                    bindingName(fields),
                    "stored",
                    fields,
                    references,
                    ObjectKind.POLICY_BINDING.maxPerTenant());
        });
        return Response.json(201, BINDING_VIEW.view(made.members()));
    }

    /** A policy is bound to one thing once. */
    public static String bindingName(Map<String, Object> fields) {
        return fields.get(POLICY) + ":" + fields.get("scope") + ":" + fields.getOrDefault(API, "")
                + fields.getOrDefault(GATEWAY, "");
    }

    private static void checkScope(ControlCall call, String scope, String field) {
        if (call.text("scope").equals(scope) == call.text(field).isEmpty()) {
            throw new BodyRefused(List.of(field + " must be given for the scope " + scope + ", and for no other"));
        }
    }

    /** Which gateways there are is the platform's own. */
    private void checkGateway(ControlCall call) {
        boolean known = store.read(call.platform().ownObjects(), tx -> tx.find(ObjectKind.GATEWAY, call.text(GATEWAY)))
                .isPresent();
        if (!known) {
            throw new BodyRefused(List.of("gateway_id names no gateway"));
        }
    }

    /** @throws BodyRefused when no call of the API could ever match */
    private static void checkMatches(ControlObject policy, ControlObject api) {
        try {
            PolicyReferences.check(
                    List.of(ApiRouteForm.route(api)),
                    PolicyForm.of(policy, api).stream().toList());
        } catch (RoutesRefused e) {
            throw new BodyRefused(
                    e.sentences().stream().map(fault -> "api_id: " + fault).toList());
        }
    }

    private Response unbind(ControlCall call) {
        store.change(call.scope(), call.actor(), UNBOUND, change -> {
            ControlObject binding = change.require(ObjectKind.POLICY_BINDING, call.path("binding"));
            if (!binding.text(POLICY).equals(call.path("id"))) {
                throw ObjectRefused.absent(ObjectKind.POLICY_BINDING);
            }
            change.delete(binding);
            return true;
        });
        return Response.noContent();
    }
}
