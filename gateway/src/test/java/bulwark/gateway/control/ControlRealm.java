package bulwark.gateway.control;

import bulwark.kernel.json.StrictJson;
import bulwark.testkit.SharedMaterial;
import java.nio.file.Files;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The realm that ships, with what tests of the control plane need besides. */
final class ControlRealm {
    static final String PASSWORD = "correct horse battery";
    static final String ADMIN_SECRET = "the-secret-of-the-control-planes-client";
    static final List<String> ROLES = List.of("viewer", "devops", "tenant-admin", "cpi-admin");

    private ControlRealm() {}

    /** As it ships, with one user for each role. */
    static JsonNode json() throws Exception {
        ObjectNode realm = (ObjectNode) StrictJson.parse(
                Files.readAllBytes(SharedMaterial.repository().resolve("deploy/keycloak/realm-stoa.json")));
        for (JsonNode client : realm.get("clients").values()) {
            if (client.get("clientId").stringValue().equals("stoa-portal")) {
                ((ObjectNode) client).put("directAccessGrantsEnabled", true);
            }
        }
        ((ArrayNode) realm.get("clients")).add(otherAudience()).add(ownClient());
        ArrayNode users = realm.putArray("users");
        ROLES.forEach(role -> users.add(user("of-" + role, role, "acme")));
        users.add(user("without-tenant", "devops", ""));
        ObjectNode service = users.addObject();
        service.put("username", "service-account-stoa-control-plane")
                .put("enabled", true)
                .put("serviceAccountClientId", "stoa-control-plane");
        service.putObject("clientRoles")
                .putArray("realm-management")
                .add("manage-clients")
                .add("manage-users");
        return realm;
    }

    /** The control plane's own, which may manage clients. */
    private static ObjectNode ownClient() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("clientId", "stoa-control-plane")
                .put("secret", ADMIN_SECRET)
                .put("publicClient", false)
                .put("serviceAccountsEnabled", true)
                .put("standardFlowEnabled", false)
                .put("fullScopeAllowed", true);
    }

    /** A client whose tokens are for somebody else. */
    private static ObjectNode otherAudience() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("clientId", "elsewhere")
                .put("publicClient", true)
                .put("fullScopeAllowed", true)
                .put("directAccessGrantsEnabled", true);
    }

    private static ObjectNode user(String name, String role, String tenant) {
        ObjectNode user = JsonNodeFactory.instance.objectNode();
        user.put("username", name)
                .put("enabled", true)
                .put("email", name + "@example.org")
                .put("emailVerified", true)
                .put("firstName", name)
                .put("lastName", "Test");
        if (!tenant.isEmpty()) {
            user.putObject("attributes").putArray("tenant").add(tenant);
        }
        user.putArray("realmRoles").add(role);
        user.putArray("credentials").addObject().put("type", "password").put("value", PASSWORD);
        return user;
    }
}
