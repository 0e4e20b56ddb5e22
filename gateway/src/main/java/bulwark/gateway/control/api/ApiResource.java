package bulwark.gateway.control.api;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.ObjectEndpoint;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectFilter.Reference;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.control.state.TenantChange;
import bulwark.gateway.control.tenant.TenantResource;
import bulwark.gateway.permission.Permission;
import bulwark.gateway.route.RouteGuard;
import bulwark.gateway.route.RouteTls;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.time.UuidV7;
import bulwark.web.ApiRefusal;
import bulwark.web.Response;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code /v1/tenants/{tenant}/apis}: an API is a draft until it is published, and is served until it is retired. */
public final class ApiResource {
    private static final AuditEventType CREATED = ControlEvent.of("api_created", "an API was drafted");
    private static final AuditEventType UPDATED = ControlEvent.of("api_updated", "fields of an API were changed");
    private static final AuditEventType DELETED = ControlEvent.of("api_deleted", "an API was deleted");
    private static final AuditEventType PUBLISHED =
            ControlEvent.of("api_published", "an API was published: gateways serve it");
    private static final AuditEventType DEPRECATED =
            ControlEvent.of("api_deprecated", "an API was deprecated: it takes no new subscription");
    private static final AuditEventType RETIRED =
            ControlEvent.of("api_retired", "an API was retired: gateways serve it no more");

    public static final List<AuditEventType> EVENTS =
            List.of(CREATED, UPDATED, DELETED, PUBLISHED, DEPRECATED, RETIRED);

    private static final String REQUIRES_SUBSCRIPTION = "requires_subscription";
    private static final Pattern VERSION =
            Pattern.compile("[0-9]{1,6}\\.[0-9]{1,6}\\.[0-9]{1,6}(?:-[0-9A-Za-z.-]{1,40})?");
    /** Files lie in the tenant's own folder at each gateway; what it holds is judged where routes are. */
    private static final BodySchema UPSTREAM_TLS = BodySchema.of("UpstreamTls")
            .text("ca_file", 200)
            .text("client_cert_file", 200)
            .text("client_key_file", 200)
            .text("server_name", 253)
            .choice("min_version", "1.2", "1.3");
    /** What an API says of itself. */
    public static final BodySchema FIELDS = BodySchema.of("ApiUpdate")
            .text("display_name", 200)
            .text("version", 64, VERSION, "must be a version such as 1.0.0")
            .text("description", 2_000)
            .text("backend_url", 2_048)
            .text("path_prefix", 512)
            .texts("methods", 32)
            .texts("tags", 50)
            .choice("audience", "public", "internal", "partner")
            .flag(REQUIRES_SUBSCRIPTION)
            .object(RouteTls.FIELD, UPSTREAM_TLS);

    private static final BodySchema DRAFT = BodySchema.of("ApiDraft")
            .requiredText("name", 63, ObjectSchema.SLUG, ObjectSchema.SLUG_MUST)
            .requiredText("backend_url", 2_048)
            .and("ApiDraft", without(FIELDS, "backend_url"));
    private static final BodySchema VIEW =
            ObjectSchema.of("Api", FIELDS.and("Api", BodySchema.of("Deployed").texts(DeploymentEnvironment.FIELD, 10)));

    private final ControlStore store;
    private final ObjectEndpoint objects;
    private final RouteGuard guard;

    /** @param guard judges the backend when it is named */
    public ApiResource(ControlStore store, RouteGuard guard) {
        this.store = store;
        this.objects = new ObjectEndpoint(store, ObjectKind.API, ApiResource::view);
        this.guard = guard;
    }

    private static BodySchema without(BodySchema schema, String field) {
        BodySchema less = BodySchema.of(schema.name());
        for (var each : schema.fields()) {
            less = each.name().equals(field) ? less : less.with(each);
        }
        return less;
    }

    public List<ControlOperation> operations() {
        String all = "/v1/tenants/{tenant}/apis";
        String one = all + "/{id}";
        return List.of(
                ControlOperation.permitted("GET", all, Permission.APIS_READ, "List the APIs of a tenant.")
                        .choice("status", List.of("draft", "published", "deprecated", "retired"))
                        .pages(VIEW)
                        .handledBy(objects::page),
                ControlOperation.permitted("POST", all, Permission.APIS_CREATE, "Draft an API.")
                        .takes(DRAFT)
                        .conflicts()
                        .answers(201, VIEW)
                        .handledBy(this::create),
                ControlOperation.permitted("GET", one, Permission.APIS_READ, "Show an API.")
                        .answers(200, VIEW)
                        .handledBy(objects::show),
                ControlOperation.permitted("PUT", one, Permission.APIS_UPDATE, "Change fields of an API.")
                        .takes(FIELDS)
                        .answers(200, VIEW)
                        .handledBy(this::update),
                ControlOperation.permitted(
                                "DELETE",
                                one,
                                Permission.APIS_DELETE,
                                "Delete an API that is not served, that nobody subscribes to and that no policy is bound to.")
                        .conflicts()
                        .answersNothing()
                        .handledBy(this::delete),
                moved("publish", PUBLISHED, "published", Set.of("draft"), "Publish an API: gateways serve it."),
                moved(
                        "deprecate",
                        DEPRECATED,
                        "deprecated",
                        Set.of("published"),
                        "Deprecate an API: it is served, and takes no new subscription."),
                moved(
                        "retire",
                        RETIRED,
                        "retired",
                        Set.of("deprecated"),
                        "Retire a deprecated API: gateways serve it no more."));
    }

    private ControlOperation moved(String verb, AuditEventType event, String to, Set<String> from, String summary) {
        return ControlOperation.permitted(
                        "POST", "/v1/tenants/{tenant}/apis/{id}/" + verb, Permission.APIS_DEPLOY, summary)
                .conflicts()
                .answers(200, VIEW)
                .handledBy(call -> objects.update(call, event, (change, api) -> {
                    DeploymentEnvironment.checkWritable(call, api);
                    ControlObject next = api.become(to, from);
                    return to.equals("published")
                            ? next.with(DeploymentEnvironment.FIELD, DeploymentEnvironment.of(api))
                            : next;
                }));
    }

    private static Map<String, Object> view(ControlObject api) {
        Map<String, Object> members = api.members();
        members.put(REQUIRES_SUBSCRIPTION, requiresSubscription(api));
        return VIEW.view(members);
    }

    /** Whether the tokens of an application open it with a subscription alone; so unless the API says otherwise. */
    public static boolean requiresSubscription(ControlObject api) {
        return !Boolean.FALSE.equals(api.fields().get(REQUIRES_SUBSCRIPTION));
    }

    private Response create(ControlCall call) {
        String name = call.text("name");
        String tenant = call.scope().tenant();
        Map<String, Object> fields = new LinkedHashMap<>(call.body());
        fields.remove("name");
        fields.putIfAbsent("display_name", name);
        fields.putIfAbsent("version", "1.0.0");
        fields.putIfAbsent("audience", "internal");
        fields.putIfAbsent("path_prefix", ApiRouteForm.defaultPrefix(tenant, name));
        checkRoute(tenant, name, fields);
        ControlObject made = store.change(call.scope(), call.actor(), CREATED, change -> {
            long max = change.require(ObjectKind.TENANT, tenant)
                    .number(TenantResource.MAX_APIS, TenantResource.DEFAULT_MAX_APIS);
            checkPrefix(change, "", fields);
            return change.create(ObjectKind.API, UuidV7.next(change.now()), name, "draft", fields, List.of(), max);
        });
        return Response.json(201, view(made)).with("Location", "/v1/tenants/" + tenant + "/apis/" + made.id());
    }

    private Response update(ControlCall call) {
        String tenant = call.scope().tenant();
        ControlObject before = objects.find(call);
        DeploymentEnvironment.checkWritable(call, before);
        // Names are looked up before the transaction: nothing waits for DNS while it holds the writer.
        checkRoute(tenant, before.name(), before.withFields(call.body()).fields());
        return objects.update(call, UPDATED, (change, now) -> {
            DeploymentEnvironment.checkWritable(call, now);
            ControlObject next = now.withFields(call.body());
            checkPrefix(change, next.id(), next.fields());
            return next;
        });
    }

    private void checkRoute(String tenant, String name, Map<String, Object> fields) {
        List<RouteGuard.BlockedUrl> blocked = guard.blocked(ApiRouteForm.checked(tenant, name, fields));
        if (!blocked.isEmpty()) {
            throw new ApiRefusal(
                    ApiRefusal.Kind.MALFORMED,
                    "backend_blocked",
                    "backend_url targets a private/internal IP range: "
                            + blocked.getFirst().sentence());
        }
    }

    /** Two APIs of one prefix would be one API for callers. */
    public static void checkPrefix(TenantChange change, String id, Map<String, Object> fields) throws SQLException {
        for (ControlObject other : change.all(ObjectKind.API, ObjectFilter.ALL)) {
            if (!other.id().equals(id) && other.text("path_prefix").equals(fields.get("path_prefix"))) {
                throw ObjectRefused.known(ObjectKind.API, "path_prefix");
            }
        }
    }

    private Response delete(ControlCall call) {
        return objects.delete(call, DELETED, ApiResource::checkUnused);
    }

    /** What describes it alone goes with it. */
    private static void checkUnused(TenantChange change, ControlObject api) throws SQLException {
        if (!api.isIn("draft", "retired")) {
            throw ObjectRefused.transition("The API is " + api.state() + " and served; deprecate and retire it first.");
        }
        ObjectFilter naming = ObjectFilter.of(new Reference(ObjectKind.API, api.id()));
        if (change.count(ObjectKind.SUBSCRIPTION, naming) > 0) {
            throw ObjectRefused.conflict(
                    "subscribed", "The API has subscriptions, whose history would be without it; keep it retired.");
        }
        if (change.count(ObjectKind.POLICY_BINDING, naming) > 0) {
            throw ObjectRefused.conflict("bound", "Policies are bound to the API; remove their bindings first.");
        }
        Optional<ControlObject> document = change.find(ObjectKind.API_DOCUMENT, api.id());
        if (document.isPresent()) {
            change.delete(document.get());
        }
    }
}
