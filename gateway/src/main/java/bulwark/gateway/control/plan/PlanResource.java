package bulwark.gateway.control.plan;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.ObjectEndpoint;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectFilter.Reference;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.permission.Permission;
import bulwark.gateway.permission.Role;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.quota.QuotaPlan.OnStoreFailure;
import bulwark.web.Response;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code /v1/plans/{tenant}}. */
public final class PlanResource {
    private static final AuditEventType CREATED = ControlEvent.of("plan_created", "a plan was made");
    private static final AuditEventType UPDATED = ControlEvent.of("plan_updated", "fields of a plan were changed");
    private static final AuditEventType DEPRECATED =
            ControlEvent.of("plan_deprecated", "a plan was deprecated: it takes no new subscription");
    private static final AuditEventType ARCHIVED = ControlEvent.of("plan_archived", "a plan was archived");
    private static final AuditEventType ACTIVATED = ControlEvent.of("plan_activated", "a plan was activated again");
    private static final AuditEventType DELETED = ControlEvent.of("plan_deleted", "a plan was deleted");

    public static final List<AuditEventType> EVENTS =
            List.of(CREATED, UPDATED, DEPRECATED, ARCHIVED, ACTIVATED, DELETED);

    public static final String REQUIRES_APPROVAL = "requires_approval";
    public static final String AUTO_APPROVE_ROLES = "auto_approve_roles";

    private static final long MAX_RATE = 1_000_000;
    private static final long MAX_COUNT = 1_000_000_000L;
    private static final List<String> ROLES =
            Arrays.stream(Role.values()).map(Role::wireName).toList();
    /** What a plan says of itself. */
    public static final BodySchema FIELDS = BodySchema.of("PlanUpdate")
            .text("name", 200)
            .text("description", 2_000)
            .number("rate_limit_per_second", 0, MAX_RATE)
            .number("rate_limit_per_minute", 0, MAX_RATE)
            .number("daily_request_limit", 0, MAX_COUNT)
            .number("monthly_request_limit", 0, MAX_COUNT)
            .number("burst_limit", 0, MAX_RATE)
            .flag(REQUIRES_APPROVAL)
            .texts(AUTO_APPROVE_ROLES, 4, ROLES)
            .choice("on_store_failure", "refuse", "local", "allow");

    private static final BodySchema DRAFT = BodySchema.of("PlanDraft")
            .requiredText("slug", 63, ObjectSchema.SLUG, ObjectSchema.SLUG_MUST)
            .and("PlanDraft", FIELDS);
    private static final BodySchema VIEW = ObjectSchema.of("Plan", DRAFT);

    private final ControlStore store;
    private final ObjectEndpoint objects;

    public PlanResource(ControlStore store) {
        this.store = store;
        this.objects = new ObjectEndpoint(store, ObjectKind.PLAN, PlanResource::view);
    }

    public List<ControlOperation> operations() {
        String all = "/v1/plans/{tenant}";
        String one = all + "/{id}";
        return List.of(
                ControlOperation.permitted("GET", all, Permission.APPS_READ, "List the plans of a tenant.")
                        .choice("status", List.of("active", "deprecated", "archived"))
                        .pages(VIEW)
                        .handledBy(objects::page),
                ControlOperation.permitted("POST", all, Permission.CONSUMERS_WRITE, "Make a plan.")
                        .takes(DRAFT)
                        .conflicts()
                        .answers(201, VIEW)
                        .handledBy(this::create),
                ControlOperation.permitted("GET", one, Permission.APPS_READ, "Show a plan.")
                        .answers(200, VIEW)
                        .handledBy(objects::show),
                ControlOperation.permitted("PUT", one, Permission.CONSUMERS_WRITE, "Change fields of a plan.")
                        .takes(FIELDS)
                        .answers(200, VIEW)
                        .handledBy(this::update),
                ControlOperation.permitted(
                                "DELETE", one, Permission.CONSUMERS_WRITE, "Delete a plan that no subscription has.")
                        .conflicts()
                        .answersNothing()
                        .handledBy(this::delete),
                moved(
                        "deprecate",
                        DEPRECATED,
                        "deprecated",
                        Set.of("active"),
                        "Deprecate a plan: it takes no new subscription."),
                moved("archive", ARCHIVED, "archived", Set.of("active", "deprecated"), "Archive a plan."),
                moved("activate", ACTIVATED, "active", Set.of("deprecated", "archived"), "Activate a plan again."));
    }

    private ControlOperation moved(String verb, AuditEventType event, String to, Set<String> from, String summary) {
        return ControlOperation.permitted(
                        "POST", "/v1/plans/{tenant}/{id}/" + verb, Permission.CONSUMERS_WRITE, summary)
                .conflicts()
                .answers(200, VIEW)
                .handledBy(objects.transition(event, to, from));
    }

    private static Map<String, Object> view(ControlObject plan) {
        Map<String, Object> members = plan.members();
        members.put("slug", plan.name());
        members.put("name", plan.fields().getOrDefault("title", plan.name()));
        return VIEW.view(members);
    }

    /** The object's own name is the slug; what people call the plan is a field. */
    private static Map<String, Object> fields(ControlCall call) {
        Map<String, Object> fields = new LinkedHashMap<>(call.body());
        fields.remove("slug");
        Object title = fields.remove("name");
        if (title != null) {
            fields.put("title", title);
        }
        return fields;
    }

    private Response create(ControlCall call) {
        ControlObject made = store.change(call.scope(), call.actor(), CREATED, change -> {
            Map<String, Object> fields = fields(call);
            fields.putIfAbsent(REQUIRES_APPROVAL, true);
            checkLimits(fields);
            return change.create(ObjectKind.PLAN, call.text("slug"), "active", fields);
        });
        return Response.json(201, view(made))
                .with("Location", "/v1/plans/" + call.scope().tenant() + "/" + made.id());
    }

    private Response update(ControlCall call) {
        return objects.update(call, UPDATED, (change, before) -> {
            ControlObject next = before.withFields(fields(call));
            checkLimits(next.fields());
            return next;
        });
    }

    private Response delete(ControlCall call) {
        return objects.delete(call, DELETED, (change, plan) -> {
            ObjectFilter having = ObjectFilter.of(new Reference(ObjectKind.PLAN, plan.id()));
            if (change.count(ObjectKind.SUBSCRIPTION, having) > 0) {
                throw ObjectRefused.conflict("subscribed", "The plan has subscriptions; archive it instead.");
            }
        });
    }

    private static void checkLimits(Map<String, Object> fields) {
        try {
            limits("checked", fields);
        } catch (IllegalArgumentException e) {
            throw new BodyRefused(List.of(String.valueOf(e.getMessage())));
        }
    }

    /** The limits of a plan, as gateways enforce them. */
    public static QuotaPlan limits(ControlObject plan) {
        return limits(plan.id(), plan.fields());
    }

    private static QuotaPlan limits(String name, Map<String, Object> fields) {
        String onFailure = String.valueOf(fields.getOrDefault("on_store_failure", "local"));
        return new QuotaPlan(
                name,
                limit(fields, "rate_limit_per_second"),
                limit(fields, "burst_limit"),
                limit(fields, "rate_limit_per_minute"),
                limit(fields, "daily_request_limit"),
                limit(fields, "monthly_request_limit"),
                OnStoreFailure.valueOf(onFailure.toUpperCase(Locale.ROOT)));
    }

    private static long limit(Map<String, Object> fields, String field) {
        return fields.get(field) instanceof Number number ? number.longValue() : 0;
    }
}
