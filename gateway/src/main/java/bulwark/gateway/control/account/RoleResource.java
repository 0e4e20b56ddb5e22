package bulwark.gateway.control.account;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.permission.OAuthScope;
import bulwark.gateway.permission.Permission;
import bulwark.gateway.permission.Role;
import bulwark.web.Response;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /v1/roles}: the one table that gateway and control plane decide by. */
public final class RoleResource {
    private static final BodySchema ROLE =
            BodySchema.of("Role").text("name", 40).texts("permissions", 100).texts("scopes", 20);
    private static final BodySchema ROLES = BodySchema.of("RoleList").objects("roles", 10, ROLE);

    public List<ControlOperation> operations() {
        return List.of(ControlOperation.permitted(
                        "GET", "/v1/roles", Permission.TENANTS_READ, "List roles with their permissions and scopes.")
                .answers(200, ROLES)
                .handledBy(this::list));
    }

    private Response list(ControlCall call) {
        return Response.json(
                200,
                Map.of(
                        "roles",
                        Arrays.stream(Role.values()).map(RoleResource::members).toList()));
    }

    private static Map<String, Object> members(Role role) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", role.wireName());
        members.put(
                "permissions",
                Arrays.stream(Permission.values())
                        .filter(permission -> role.includes(permission.least()))
                        .map(Permission::wireName)
                        .toList());
        members.put(
                "scopes",
                role.scopes().stream().map(OAuthScope::wireName).sorted().toList());
        return members;
    }
}
