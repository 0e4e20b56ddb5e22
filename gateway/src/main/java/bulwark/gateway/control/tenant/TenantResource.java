package bulwark.gateway.control.tenant;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectPage;
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.control.state.PageRequest;
import bulwark.gateway.control.state.TenantChange;
import bulwark.gateway.control.state.TenantReader;
import bulwark.gateway.control.state.TenantScope;
import bulwark.gateway.permission.Permission;
import bulwark.gateway.permission.RoleTable;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.Response;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** {@code /v1/tenants}. */
public final class TenantResource {
    private static final AuditEventType CREATED = ControlEvent.of("tenant_created", "a tenant was made");
    private static final AuditEventType UPDATED = ControlEvent.of("tenant_updated", "fields of a tenant were changed");
    private static final AuditEventType SUSPENDED = ControlEvent.of("tenant_suspended", "a tenant was suspended");
    private static final AuditEventType ACTIVATED = ControlEvent.of("tenant_activated", "a tenant was activated");
    private static final AuditEventType ARCHIVED = ControlEvent.of("tenant_archived", "a tenant was archived");
    private static final AuditEventType DELETED = ControlEvent.of("tenant_deleted", "an archived tenant was deleted");

    public static final List<AuditEventType> EVENTS =
            List.of(CREATED, UPDATED, SUSPENDED, ACTIVATED, ARCHIVED, DELETED);

    /** Fields of a tenant. */
    public static final String MAX_APIS = "max_apis";

    public static final String MAX_CONSUMERS = "max_applications";

    /** Of a tenant that names none. */
    public static final long DEFAULT_MAX_APIS = 10;

    public static final long DEFAULT_MAX_CONSUMERS = 20;

    private static final String NAME = "display_name";
    private static final BodySchema FIELDS = BodySchema.of("TenantUpdate")
            .text(NAME, 200)
            .text("owner_email", 254, ObjectSchema.EMAIL, ObjectSchema.EMAIL_MUST)
            .number(MAX_APIS, 1, 10_000)
            .number(MAX_CONSUMERS, 1, 10_000);
    private static final BodySchema DRAFT = BodySchema.of("TenantDraft")
            .requiredText("id", 63, ObjectSchema.SLUG, ObjectSchema.SLUG_MUST)
            .and("TenantDraft", FIELDS);
    private static final BodySchema VIEW = ObjectSchema.of("Tenant", FIELDS);
    private static final BodySchema USAGE = BodySchema.of("TenantUsage")
            .number("apis", 0, Long.MAX_VALUE)
            .number("max_apis", 0, Long.MAX_VALUE)
            .number("consumers", 0, Long.MAX_VALUE)
            .number("max_applications", 0, Long.MAX_VALUE)
            .number("plans", 0, Long.MAX_VALUE)
            .number("subscriptions", 0, Long.MAX_VALUE)
            .number("active_subscriptions", 0, Long.MAX_VALUE);

    /** Field: id of the group at the identity provider whose members belong to the tenant. */
    public static final String GROUP = "identity_group_id";

    private final ControlStore store;
    private final Consumer<String> groups;

    /** @param groups removes the group of a tenant that is to be deleted, by its id; may refuse */
    public TenantResource(ControlStore store, Consumer<String> groups) {
        this.store = store;
        this.groups = groups;
    }

    public List<ControlOperation> operations() {
        String one = "/v1/tenants/{tenant}";
        return List.of(
                ControlOperation.permitted(
                                "GET",
                                "/v1/tenants",
                                Permission.TENANTS_READ,
                                "List the tenants that the caller reaches.")
                        .pages(VIEW)
                        .handledBy(this::list),
                ControlOperation.permitted("POST", "/v1/tenants", Permission.TENANTS_CREATE, "Make a tenant.")
                        .ofPlatform()
                        .takes(DRAFT)
                        .conflicts()
                        .answers(201, VIEW)
                        .handledBy(this::create),
                ControlOperation.permitted("GET", one, Permission.TENANTS_READ, "Show a tenant.")
                        .answers(200, VIEW)
                        .handledBy(call -> Response.json(200, view(tenant(call)))),
                ControlOperation.permitted("PUT", one, Permission.TENANTS_UPDATE, "Change fields of a tenant.")
                        .takes(FIELDS)
                        .answers(200, VIEW)
                        .handledBy(this::update),
                ControlOperation.permitted(
                                "DELETE",
                                one,
                                Permission.TENANTS_DELETE,
                                "Delete an archived tenant that has nothing any more.")
                        .conflicts()
                        .answersNothing()
                        .handledBy(this::delete),
                ControlOperation.permitted("GET", one + "/usage", Permission.TENANTS_READ, "Count what a tenant has.")
                        .answers(200, USAGE)
                        .handledBy(this::usage),
                moved(
                        "suspend",
                        SUSPENDED,
                        "suspended",
                        Set.of("active"),
                        "Suspend a tenant: its APIs are served no more."),
                moved("activate", ACTIVATED, "active", Set.of("suspended", "archived"), "Activate a tenant again."),
                moved(
                        "archive",
                        ARCHIVED,
                        "archived",
                        Set.of("active", "suspended"),
                        "Archive a tenant: nothing of it is served, all of it is kept."));
    }

    private ControlOperation moved(String verb, AuditEventType event, String to, Set<String> from, String summary) {
        return ControlOperation.permitted("POST", "/v1/tenants/{tenant}/" + verb, Permission.TENANTS_UPDATE, summary)
                .conflicts()
                .answers(200, VIEW)
                .handledBy(call -> Response.json(
                        200,
                        view(store.change(
                                call.scope(),
                                call.actor(),
                                event,
                                change -> change.update(own(change).become(to, from))))));
    }

    private static Map<String, Object> view(ControlObject tenant) {
        return VIEW.view(tenant.members());
    }

    private static ControlObject own(TenantChange change) throws SQLException {
        return change.require(ObjectKind.TENANT, change.scope().tenant());
    }

    private ControlObject tenant(ControlCall call) {
        return store.read(
                call.scope(), tx -> tx.require(ObjectKind.TENANT, call.scope().tenant()));
    }

    private Response list(ControlCall call) {
        PageRequest page = call.page();
        if (RoleTable.isPlatformAdministrator(call.caller())) {
            ObjectPage all = store.readAll(call.platform(), tx -> tx.page(ObjectKind.TENANT, page));
            return Response.json(200, all.members(TenantResource::view));
        }
        TenantScope own = TenantScope.of(call.caller(), call.caller().tenant())
                .orElseThrow(() -> ObjectRefused.absent(ObjectKind.TENANT));
        ObjectPage one = store.read(own, tx -> tx.page(ObjectKind.TENANT, ObjectFilter.ALL, page));
        return Response.json(200, one.members(TenantResource::view));
    }

    private Response create(ControlCall call) {
        String id = call.text("id");
        if (id.equals(RoleTable.PLATFORM)) {
            throw ObjectRefused.conflict("already_exists", "id is the platform's own; choose another.");
        }
        TenantScope scope =
                TenantScope.of(call.caller(), id).orElseThrow(() -> ObjectRefused.absent(ObjectKind.TENANT));
        ControlObject made = store.change(scope, call.actor(), CREATED, change -> {
            Map<String, Object> fields = new LinkedHashMap<>(call.body());
            fields.remove("id");
            fields.putIfAbsent(NAME, id);
            fields.putIfAbsent(MAX_APIS, DEFAULT_MAX_APIS);
            fields.putIfAbsent(MAX_CONSUMERS, DEFAULT_MAX_CONSUMERS);
            if (change.find(ObjectKind.TENANT, id).isPresent()) {
                throw ObjectRefused.conflict("already_exists", "id is taken by another tenant; choose another.");
            }
            return change.create(ObjectKind.TENANT, id, id, "active", fields, List.of(), 1);
        });
        return Response.json(201, view(made)).with("Location", "/v1/tenants/" + id);
    }

    private Response update(ControlCall call) {
        ControlObject changed = store.change(
                call.scope(),
                call.actor(),
                UPDATED,
                change -> change.update(own(change).withFields(call.body())));
        return Response.json(200, view(changed));
    }

    /** Its group goes first: members would belong to the next tenant of the name. */
    private Response delete(ControlCall call) {
        String group = store.read(call.scope(), TenantResource::deletable).text(GROUP);
        if (!group.isEmpty()) {
            groups.accept(group);
        }
        store.change(call.scope(), call.actor(), DELETED, change -> {
            ControlObject tenant = deletable(change);
            change.delete(tenant);
            return tenant;
        });
        return Response.noContent();
    }

    private static ControlObject deletable(TenantReader tx) throws SQLException {
        ControlObject tenant = tx.require(ObjectKind.TENANT, tx.scope().tenant());
        if (!tenant.isIn("archived")) {
            throw ObjectRefused.transition("The tenant is " + tenant.state() + "; archive it first.");
        }
        for (ObjectKind kind : ObjectKind.values()) {
            if (kind != ObjectKind.TENANT && tx.count(kind, ObjectFilter.ALL) > 0) {
                throw ObjectRefused.conflict(
                        "not_empty",
                        "The tenant still has objects of the kind " + kind.noun() + "; delete them first.");
            }
        }
        return tenant;
    }

    private Response usage(ControlCall call) {
        return Response.json(200, store.read(call.scope(), tx -> {
            ControlObject tenant = tx.require(ObjectKind.TENANT, call.scope().tenant());
            Map<String, Object> usage = new LinkedHashMap<>();
            usage.put("apis", tx.count(ObjectKind.API, ObjectFilter.ALL));
            usage.put("max_apis", tenant.number(MAX_APIS, DEFAULT_MAX_APIS));
            usage.put("consumers", tx.count(ObjectKind.CONSUMER, ObjectFilter.ALL));
            usage.put("max_applications", tenant.number(MAX_CONSUMERS, DEFAULT_MAX_CONSUMERS));
            usage.put("plans", tx.count(ObjectKind.PLAN, ObjectFilter.ALL));
            usage.put("subscriptions", tx.count(ObjectKind.SUBSCRIPTION, ObjectFilter.ALL));
            usage.put("active_subscriptions", tx.count(ObjectKind.SUBSCRIPTION, new ObjectFilter("active", null)));
            return usage;
        }));
    }
}
