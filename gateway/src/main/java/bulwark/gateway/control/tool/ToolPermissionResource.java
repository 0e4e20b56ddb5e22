package bulwark.gateway.control.tool;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.ObjectEndpoint;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.TenantChange;
import bulwark.gateway.permission.Permission;
import bulwark.gateway.permission.Role;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.Response;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code /v1/tenants/{tenant}/tool-permissions}: what a tenant says of its tools, for the endpoint that carries them out. What is not named is permitted to nobody there. */
public final class ToolPermissionResource {
    private static final AuditEventType SET =
            ControlEvent.of("tool_permission_created", "a permission of a tool was stored");
    private static final AuditEventType CHANGED =
            ControlEvent.of("tool_permission_updated", "a permission of a tool was changed");
    private static final AuditEventType DELETED =
            ControlEvent.of("tool_permission_deleted", "a permission of a tool was deleted");

    public static final List<AuditEventType> EVENTS = List.of(SET, CHANGED, DELETED);

    public static final String CONSUMER = "consumer_id";

    /** As the Model Context Protocol names tools. */
    private static final Pattern TOOL = Pattern.compile("[A-Za-z0-9_./-]{1,128}");

    private static final BodySchema FIELDS = BodySchema.of("ToolPermissionUpdate")
            .flag("allowed")
            .texts("roles", 4, Stream.of(Role.values()).map(Role::wireName).toList())
            .text(CONSUMER, 64)
            .text("description", 500);
    /** What a permission says of itself. */
    public static final BodySchema CONTENT = BodySchema.of("ToolPermissionDraft")
            .requiredText("tool", 128, TOOL, "must be of letters, digits and _ . / -")
            .and("ToolPermissionDraft", FIELDS);

    private static final BodySchema VIEW = ObjectSchema.of("ToolPermission", CONTENT);

    private final ControlStore store;
    private final ObjectEndpoint objects;

    public ToolPermissionResource(ControlStore store) {
        this.store = store;
        this.objects = new ObjectEndpoint(store, ObjectKind.TOOL_PERMISSION, each -> VIEW.view(each.members()));
    }

    public List<ControlOperation> operations() {
        String all = "/v1/tenants/{tenant}/tool-permissions";
        String one = all + "/{id}";
        return List.of(
                ControlOperation.permitted(
                                "GET", all, Permission.APIS_READ, "List the permissions of a tenant's tools.")
                        .pages(VIEW)
                        .handledBy(objects::page),
                ControlOperation.permitted("POST", all, Permission.TOOLS_REGISTER, "Permit or forbid a tool.")
                        .takes(CONTENT)
                        .conflicts()
                        .answers(201, VIEW)
                        .handledBy(this::create),
                ControlOperation.permitted("PUT", one, Permission.TOOLS_REGISTER, "Change the permission of a tool.")
                        .takes(FIELDS)
                        .answers(200, VIEW)
                        .handledBy(this::update),
                ControlOperation.permitted("DELETE", one, Permission.TOOLS_REGISTER, "Delete the permission of a tool.")
                        .answersNothing()
                        .handledBy(call -> objects.delete(call, DELETED)));
    }

    private Response create(ControlCall call) {
        ControlObject made = store.change(call.scope(), call.actor(), SET, change -> {
            checkConsumer(change, call);
            Map<String, Object> fields = new LinkedHashMap<>(call.body());
            fields.putIfAbsent("allowed", true);
            return change.create(ObjectKind.TOOL_PERMISSION, name(fields), "stored", fields);
        });
        return Response.json(201, VIEW.view(made.members()));
    }

    /** One of each tool for all, and one for each consumer. */
    public static String name(Map<String, Object> fields) {
        Object consumer = fields.get(CONSUMER);
        return fields.get("tool") + (consumer == null ? "" : ":" + consumer);
    }

    private static void checkConsumer(TenantChange change, ControlCall call) throws SQLException {
        String consumer = call.text(CONSUMER);
        if (!consumer.isEmpty() && change.find(ObjectKind.CONSUMER, consumer).isEmpty()) {
            throw new BodyRefused(List.of(CONSUMER + " names no consumer of this tenant"));
        }
    }

    private Response update(ControlCall call) {
        return objects.update(call, CHANGED, (change, before) -> {
            if (call.body().containsKey(CONSUMER) && !before.text(CONSUMER).equals(call.text(CONSUMER))) {
                throw new BodyRefused(List.of(CONSUMER + " cannot be changed; delete the permission and make another"));
            }
            return before.withFields(call.body());
        });
    }
}
