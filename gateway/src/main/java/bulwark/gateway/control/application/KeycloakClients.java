package bulwark.gateway.control.application;

import bulwark.gateway.fetch.FetchAnswer;
import bulwark.gateway.fetch.FetchRequest;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.web.ApiRefusal;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * OAuth clients and groups of a realm, over Keycloak's admin API, each request as the control plane's own client with a token of its own. Every method blocks for at most a minute. Thread-safe; close ends
 * its connections.
 */
public final class KeycloakClients implements AutoCloseable {
    private static final int MAX_ANSWER_BYTES = 1 << 20;
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String JSON = "application/json";
    /** Attribute of a client or group that was made here: the tenant that it belongs to. */
    private static final String TENANT = "stoa.tenant";

    /** Attribute that the realm's mapper puts into the tokens of a group's members. */
    private static final String GROUP_TENANT = "tenant";

    private final Access access;
    private final GuardedFetch fetch;

    /**
     * How the realm is reached.
     *
     * @param url of Keycloak, without a slash at its end
     * @param audience that the gateways accept
     * @param secret of the client, read again for each token
     */
    public record Access(
            String url, String realm, String audience, String clientId, Supplier<Optional<SecretBytes>> secret) {}

    /** A client that is to be made. @param role of the realm that its tokens bear */
    record NewClient(String clientId, String name, String tenant, String role, SecretBytes secret) {}

    /** @param fetch judges each address; closed with this */
    public KeycloakClients(Access access, GuardedFetch fetch) {
        this.access = access;
        this.fetch = fetch;
    }

    /** Longest answer that is taken. */
    public static int maxAnswerBytes() {
        return MAX_ANSWER_BYTES;
    }

    /** Takes the place of one of the same id that a call before left behind. */
    void create(NewClient client) {
        String token = token();
        find(token, client.clientId).ifPresent(former -> {
            if (!isOf(client.tenant, former)) {
                throw new ApiRefusal(
                        ApiRefusal.Kind.CONFLICT,
                        "client_exists",
                        "The identity provider has a client " + client.clientId
                                + " that was not made for this tenant; choose another name, or remove it there.");
            }
            remove(token, id(former));
        });
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("clientId", client.clientId);
        body.put("name", client.name);
        body.put("enabled", true);
        body.put("protocol", "openid-connect");
        body.put("publicClient", false);
        body.put("serviceAccountsEnabled", true);
        body.put("standardFlowEnabled", false);
        body.put("implicitFlowEnabled", false);
        body.put("directAccessGrantsEnabled", false);
        body.put("fullScopeAllowed", false);
        body.put("attributes", Map.of(TENANT, client.tenant));
        body.put("secret", client.secret.exposeText(SecretAccess.grant()));
        body.put(
                "protocolMappers",
                List.of(
                        mapper(
                                "audience of the gateway",
                                "oidc-audience-mapper",
                                Map.of("included.client.audience", access.audience, "access.token.claim", "true")),
                        mapper(
                                "tenant",
                                "oidc-hardcoded-claim-mapper",
                                Map.of(
                                        "claim.name", "tenant",
                                        "claim.value", client.tenant,
                                        "jsonType.label", "String",
                                        "access.token.claim", "true")),
                        mapper("role", "oidc-hardcoded-role-mapper", Map.of("role", client.role))));
        expect(send("POST", "/clients", StrictJson.write(body), token), 201);
    }

    private static Map<String, Object> mapper(String name, String kind, Map<String, Object> configuration) {
        Map<String, Object> mapper = new LinkedHashMap<>();
        mapper.put("name", name);
        mapper.put("protocol", "openid-connect");
        mapper.put("protocolMapper", kind);
        mapper.put("config", configuration);
        return mapper;
    }

    /** The former secret works no more. @return the new one */
    SecretBytes rotate(String clientId, String tenant) {
        String token = token();
        JsonNode client = find(token, clientId)
                .filter(found -> isOf(tenant, found))
                .orElseThrow(() -> new ApiRefusal(
                        ApiRefusal.Kind.CONFLICT,
                        "client_missing",
                        "The identity provider has no client " + clientId
                                + " any more; delete the application and make it again."));
        FetchAnswer answer = expect(send("POST", "/clients/" + id(client) + "/client-secret", new byte[0], token), 200);
        return SecretBytes.ofText(text(answer, "value"));
    }

    /** One that is not there is no fault; one that was not made for the tenant stays. */
    void delete(String clientId, String tenant) {
        String token = token();
        find(token, clientId).filter(found -> isOf(tenant, found)).ifPresent(client -> remove(token, id(client)));
    }

    /** @throws ApiRefusal with the settings that are missing */
    public static KeycloakClients configured(@Nullable KeycloakClients clients) {
        if (clients == null) {
            throw new ApiRefusal(
                    ApiRefusal.Kind.CONFLICT,
                    "no_identity_provider",
                    "Applications have OAuth clients and tenants have groups, and no identity provider is configured"
                            + " where they could be made; set STOA_KEYCLOAK_URL, STOA_KEYCLOAK_CLIENT_ID and"
                            + " STOA_KEYCLOAK_CLIENT_SECRET_FILE, or make a consumer, which has API keys alone.");
        }
        return clients;
    }

    static String groupName(String tenant) {
        return "stoa.tenant." + tenant;
    }

    /** The group whose members' tokens name the tenant; made where there is none. @return its id */
    String provideGroup(String tenant) {
        String token = token();
        Optional<JsonNode> known = findGroup(token, tenant);
        if (known.isEmpty()) {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("name", groupName(tenant));
            body.put("attributes", Map.of(GROUP_TENANT, List.of(tenant), TENANT, List.of(tenant)));
            expect(send("POST", "/groups", StrictJson.write(body), token), 201);
            known = findGroup(token, tenant);
        }
        JsonNode group = known.orElseThrow(() ->
                unavailable("identity_provider_failed", "The identity provider does not show the group that it made."));
        if (!group.path("attributes").path(TENANT).path(0).asString("").equals(tenant)) {
            throw new ApiRefusal(
                    ApiRefusal.Kind.CONFLICT,
                    "group_exists",
                    "The identity provider has a group " + groupName(tenant)
                            + " that was not made for this tenant; rename it there.");
        }
        return id(group);
    }

    /** One that is not there is no fault. @param id as {@link #provideGroup} gave it */
    public void removeGroup(String id) {
        FetchAnswer answer = send("DELETE", "/groups/" + encoded(id), new byte[0], token());
        if (answer.status() != 404) {
            expect(answer, 204);
        }
    }

    private Optional<JsonNode> findGroup(String token, String tenant) {
        String name = groupName(tenant);
        FetchAnswer answer = expect(
                send("GET", "/groups?exact=true&briefRepresentation=false&search=" + encoded(name), new byte[0], token),
                200);
        for (JsonNode group : parsed(answer)) {
            if (group.path("name").asString("").equals(name)) {
                return Optional.of(group);
            }
        }
        return Optional.empty();
    }

    private static boolean isOf(String tenant, JsonNode client) {
        return client.path("attributes").path(TENANT).asString("").equals(tenant);
    }

    private static String id(JsonNode client) {
        return client.path("id").asString("");
    }

    private void remove(String token, String id) {
        FetchAnswer answer = send("DELETE", "/clients/" + id, new byte[0], token);
        if (answer.status() != 404) {
            expect(answer, 204);
        }
    }

    private Optional<JsonNode> find(String token, String clientId) {
        FetchAnswer answer = expect(send("GET", "/clients?clientId=" + encoded(clientId), new byte[0], token), 200);
        for (JsonNode client : parsed(answer)) {
            if (client.path("clientId").asString("").equals(clientId)) {
                return Optional.of(client);
            }
        }
        return Optional.empty();
    }

    private String token() {
        SecretBytes secret = access.secret
                .get()
                .orElseThrow(
                        () -> unavailable(
                                "identity_provider_refused",
                                "STOA_KEYCLOAK_CLIENT_SECRET is no longer set; write the secret of the control plane's client to the file of STOA_KEYCLOAK_CLIENT_SECRET_FILE."));
        String pair = encoded(access.clientId) + ":" + encoded(secret.exposeText(SecretAccess.grant()));
        FetchAnswer answer = fetched(new FetchRequest(
                "POST",
                url("/realms/" + encoded(access.realm) + "/protocol/openid-connect/token"),
                "grant_type=client_credentials".getBytes(StandardCharsets.US_ASCII),
                FORM,
                Optional.of(SecretBytes.ofText(pair))));
        return text(expect(answer, 200), "access_token");
    }

    private FetchAnswer send(String method, String path, byte[] body, String token) {
        return fetched(new FetchRequest(
                method,
                url("/admin/realms/" + encoded(access.realm) + path),
                body,
                JSON,
                Optional.empty(),
                Map.of("Authorization", "Bearer " + token)));
    }

    private TargetUrl url(String path) {
        try {
            return TargetUrl.parse(access.url + path);
        } catch (TargetRefused e) {
            throw unavailable(
                    "identity_provider_unreachable", "STOA_KEYCLOAK_URL cannot be called: " + e.getMessage() + ".");
        }
    }

    private FetchAnswer fetched(FetchRequest request) {
        try {
            return fetch.send(request);
        } catch (IOException e) {
            throw unavailable(
                    "identity_provider_unreachable",
                    "The identity provider did not answer, and nothing was changed here; look at it and at STOA_KEYCLOAK_INTERNAL_URL, then repeat the call.");
        }
    }

    private static FetchAnswer expect(FetchAnswer answer, int status) {
        if (answer.status() == status) {
            return answer;
        }
        if (answer.status() == 401 || answer.status() == 403) {
            throw unavailable(
                    "identity_provider_refused",
                    "The identity provider refused the control plane's client; check STOA_KEYCLOAK_CLIENT_ID and its secret, and give its service account the roles manage-clients and manage-users of realm-management.");
        }
        throw unavailable(
                "identity_provider_failed",
                "The identity provider answered " + answer.status() + " where " + status
                        + " was due; its log says why. Repeat the call then.");
    }

    private static ApiRefusal unavailable(String code, String sentence) {
        return new ApiRefusal(ApiRefusal.Kind.UNAVAILABLE, code, sentence);
    }

    private static JsonNode parsed(FetchAnswer answer) {
        try {
            return StrictJson.parse(answer.body());
        } catch (StrictJson.JsonRefused e) {
            throw unavailable(
                    "identity_provider_failed", "The identity provider's answer cannot be read: " + e.getMessage());
        }
    }

    private static String text(FetchAnswer answer, String member) {
        String text = parsed(answer).path(member).asString("");
        if (text.isEmpty()) {
            throw unavailable(
                    "identity_provider_failed",
                    "The identity provider's answer lacks " + member + "; its log says why.");
        }
        return text;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        fetch.close();
    }
}
