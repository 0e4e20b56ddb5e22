package bulwark.gateway.control.rest;

import bulwark.gateway.control.rest.ControlOperation.Tenancy;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlActor;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.control.state.PageRequest;
import bulwark.gateway.control.state.PlatformScope;
import bulwark.gateway.control.state.TenantScope;
import bulwark.gateway.permission.RoleTable;
import bulwark.kernel.access.Principal;
import bulwark.web.ApiRefusal;
import bulwark.web.Request;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One call that passed identity, quota and permission: its tenant is the caller's to reach, its body and query are what the operation declares. Immutable. */
public final class ControlCall {
    private static final String JSON = "application/json";

    private final Request request;
    private final Map<String, Object> body;
    private final CallQuery query;
    private final @Nullable TenantScope scope;

    private ControlCall(Request request, Map<String, Object> body, CallQuery query, @Nullable TenantScope scope) {
        this.request = request;
        this.body = body;
        this.query = query;
        this.scope = scope;
    }

    /** @throws ApiRefusal and BodyRefused as the operation's declaration asks for */
    static ControlCall of(ControlOperation operation, Request request, ControlStore store) {
        if (!(operation.access() instanceof ControlOperation.Access.Open)) {
            checkCaller(operation, request.principal());
        }
        CallQuery query = CallQuery.of(operation, request);
        TenantScope scope = operation.tenancy() == Tenancy.NONE ? null : scope(operation, request, query, store);
        return new ControlCall(request, body(operation, request), query, scope);
    }

    private static void checkCaller(ControlOperation operation, Principal caller) {
        if (operation.isOfPlatform() && PlatformScope.of(caller).isEmpty()) {
            throw forbidden("Access denied. Required roles: [cpi-admin]");
        }
        if (caller.isLimited() && !operation.takesSubscriptionKey()) {
            throw forbidden("A subscription's key is good for that subscription's own key alone.");
        }
    }

    private static ApiRefusal forbidden(String sentence) {
        return new ApiRefusal(ApiRefusal.Kind.FORBIDDEN, "forbidden", sentence);
    }

    private static TenantScope scope(ControlOperation operation, Request request, CallQuery query, ControlStore store) {
        Principal caller = request.principal();
        String tenant = operation.tenancy() == Tenancy.PATH
                ? request.pathParameter("tenant")
                : query.text("tenant").orElse(caller.tenant());
        TenantScope reached = TenantScope.of(caller, tenant).orElseThrow(() -> ObjectRefused.absent(ObjectKind.TENANT));
        ControlObject known = store.read(reached, tx -> tx.require(ObjectKind.TENANT, tenant));
        boolean reads = request.method().equals("GET");
        if (!reads && !known.state().equals("active") && !RoleTable.isPlatformAdministrator(caller)) {
            throw ObjectRefused.conflict(
                    "tenant_" + known.state(), "The tenant is " + known.state() + "; nothing in it can be changed.");
        }
        return reached;
    }

    private static Map<String, Object> body(ControlOperation operation, Request request) {
        byte[] bytes = request.body();
        BodySchema schema = operation.body();
        if (bytes.length == 0 && schema == null) {
            return Map.of();
        }
        String type = request.header("Content-Type").orElse("");
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (bytes.length > 0 && !media.equals(JSON)) {
            throw new ApiRefusal(
                    ApiRefusal.Kind.UNSUPPORTED, "unsupported_media_type", "Content-Type must be application/json.");
        }
        if (schema == null) {
            throw new BodyRefused(List.of("body: this operation takes none; leave it out"));
        }
        return schema.parse(bytes.length == 0 && !requires(schema) ? new byte[] {'{', '}'} : bytes);
    }

    private static boolean requires(BodySchema schema) {
        return schema.fields().stream().anyMatch(field -> field.required());
    }

    public Principal caller() {
        return request.principal();
    }

    /** @throws IllegalStateException when the operation names no tenant */
    public TenantScope scope() {
        if (scope == null) {
            throw new IllegalStateException("this operation names no tenant");
        }
        return scope;
    }

    /** @throws ApiRefusal unless the caller is a platform administrator */
    public PlatformScope platform() {
        return PlatformScope.of(caller()).orElseThrow(() -> forbidden("Access denied. Required roles: [cpi-admin]"));
    }

    public ControlActor actor() {
        return ControlActor.ofRequest(
                caller().entityUri(),
                caller().tenant(),
                request.method(),
                request.path(),
                request.remote(),
                request.requestId());
    }

    /** Decoded value of a parameter of the path. */
    public String path(String name) {
        return request.pathParameter(name);
    }

    /** What the body has, by field; nothing that the schema does not know. */
    public Map<String, Object> body() {
        return body;
    }

    /** A text of the body; empty when it is absent. */
    public String text(String field) {
        return body.get(field) instanceof String text ? text : "";
    }

    public long number(String field, long fallback) {
        return body.get(field) instanceof Number number ? number.longValue() : fallback;
    }

    public List<String> texts(String field) {
        return body.get(field) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    public Optional<String> query(String name) {
        return query.text(name);
    }

    public long queryNumber(String name, long fallback) {
        return query.number(name, fallback);
    }

    public Optional<Instant> queryTime(String name) {
        return query.time(name);
    }

    public PageRequest page() {
        return new PageRequest(
                (int) query.number("page", 1), (int) query.number("page_size", PageRequest.DEFAULT_SIZE));
    }

    public Optional<String> header(String name) {
        return request.header(name);
    }
}
