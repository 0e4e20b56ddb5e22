package bulwark.gateway.control.application;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.tenant.TenantResource;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/tenants/{tenant}/provision}: what a tenant needs elsewhere: a group at the identity provider, whose members' tokens name the tenant. Repeated, it makes what is
 * missing and answers the same.
 */
public final class TenantProvisionResource {
    private static final AuditEventType PROVISIONED = ControlEvent.of(
            "tenant_provisioned",
            "a tenant got the group of the identity provider whose members belong to it",
            TenantResource.GROUP);

    public static final List<AuditEventType> EVENTS = List.of(PROVISIONED);

    private static final BodySchema PROVISION = BodySchema.of("TenantProvision")
            .text("tenant_id", 64)
            .text("group", 200)
            .text(TenantResource.GROUP, 64);

    private final ControlStore store;
    private final @Nullable KeycloakClients clients;

    /** @param clients null where no identity provider with an admin credential is configured */
    public TenantProvisionResource(ControlStore store, @Nullable KeycloakClients clients) {
        this.store = store;
        this.clients = clients;
    }

    public List<ControlOperation> operations() {
        return List.of(ControlOperation.permitted(
                        "POST",
                        "/v1/tenants/{tenant}/provision",
                        Permission.TENANTS_UPDATE,
                        "Make the tenant's group at the identity provider, where it is missing.")
                .ofPlatform()
                .conflicts()
                .answers(200, PROVISION)
                .handledBy(this::provision));
    }

    private Response provision(ControlCall call) {
        String tenant = call.scope().tenant();
        String group = KeycloakClients.configured(clients).provideGroup(tenant);
        store.change(call.scope(), call.actor(), PROVISIONED, change -> {
            ControlObject own = change.require(ObjectKind.TENANT, tenant);
            change.note(TenantResource.GROUP, group);
            return own.text(TenantResource.GROUP).equals(group)
                    ? own
                    : change.update(own.with(TenantResource.GROUP, group));
        });
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("tenant_id", tenant);
        answer.put("group", KeycloakClients.groupName(tenant));
        answer.put(TenantResource.GROUP, group);
        return Response.json(200, answer);
    }
}
