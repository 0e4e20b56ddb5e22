package bulwark.gateway.credential;

import bulwark.gateway.credential.BackendCredential.Type;
import bulwark.gateway.secret.SecretFolder;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import bulwark.kernel.secrets.SecretBytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Credentials in requests, in the store without their secrets, and in answers. */
public final class CredentialJson {
    private static final int MAX_SECRET = 4_096;
    private static final String REFERENCE = "secret_ref";
    private static final String HIDDEN = "[redacted]";
    private static final String AUTHORIZATION = "Authorization";

    private CredentialJson() {}

    /**
     * @param consumer whether it must name a consumer; otherwise it must not
     * @param faults is added to; the credential is good only when nothing was. No sentence repeats a value.
     */
    public static BackendCredential read(JsonNode node, boolean consumer, List<String> faults) {
        JsonFields fields = JsonFields.of(node, "", faults);
        String route = fields.text("route_id", 128);
        String consumerId = consumer ? fields.text("consumer_id", 256) : "";
        if (!fields.has("auth_type")) {
            fields.fault("auth_type", "must not be empty");
        }
        Type type = fields.choice("auth_type", Type.class, Type.BEARER);
        BackendCredential read = switch (type) {
            case API_KEY, BEARER -> ofHeader(fields, route, consumerId, type);
            case BASIC -> {
                String username = fields.text("username", 256, name -> name.indexOf(':') < 0, "must not hold a colon");
                yield new BackendCredential(
                        route,
                        consumerId,
                        type,
                        AUTHORIZATION,
                        secret(fields, "password"),
                        username,
                        null,
                        null,
                        null,
                        List.of());
            }
            case OAUTH2_CLIENT_CREDENTIALS, OAUTH2_TOKEN_EXCHANGE ->
                ofToken(fields.object("oauth2").orElseGet(() -> fields.nested("oauth2")), route, consumerId, type);
        };
        fields.end();
        return read;
    }

    private static BackendCredential ofHeader(JsonFields fields, String route, String consumerId, Type type) {
        String name = type == Type.BEARER ? AUTHORIZATION : fields.text("header_name", 100);
        if (type == Type.API_KEY && !name.isEmpty()) {
            String must = CredentialHeader.problem(name);
            if (must != null) {
                fields.fault("header_name", must);
            }
        }
        return new BackendCredential(
                route, consumerId, type, name, secret(fields, "header_value"), null, null, null, null, List.of());
    }

    private static BackendCredential ofToken(JsonFields oauth2, String route, String consumerId, Type type) {
        String url = oauth2.text("token_url", 2_048);
        if (!url.isEmpty()) {
            try {
                if (!TargetUrl.parse(url).scheme().equals("https")) {
                    oauth2.fault("token_url", "must begin with https://: the client's secret goes there");
                }
            } catch (TargetRefused e) {
                oauth2.fault("token_url", "cannot be used: " + e.getMessage());
            }
        }
        BackendCredential read = new BackendCredential(
                route,
                consumerId,
                type,
                AUTHORIZATION,
                secret(oauth2, "client_secret"),
                oauth2.text("client_id", 256),
                url,
                oauth2.optionalText("scope", 1_000),
                type == Type.OAUTH2_TOKEN_EXCHANGE ? oauth2.text("audience", 1_000) : null,
                List.of());
        oauth2.end();
        return read;
    }

    /** The value itself under its name, or {@code secret_ref}. */
    private static CredentialSecret secret(JsonFields fields, String name) {
        if (!fields.has(REFERENCE)) {
            return new CredentialSecret.Held(SecretBytes.ofText(fields.text(
                    name,
                    MAX_SECRET,
                    text -> isUsable(text) || name.equals("password"),
                    "must be of visible ASCII characters; " + REFERENCE + " names a file in its place")));
        }
        if (fields.has(name)) {
            fields.optionalText(name, MAX_SECRET);
            fields.fault(name, "and " + REFERENCE + " exclude each other; keep one");
        }
        return new CredentialSecret.Reference(fields.text(
                REFERENCE,
                100,
                SecretFolder::isName,
                "must be the name of a file in the folder of " + SecretFolder.SETTING
                        + ": letters, digits, '.', '_' and '-'"));
    }

    /** In a header. */
    static boolean isUsable(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    /** For answers: whatever is secret is hidden. */
    public static Map<String, Object> shown(BackendCredential credential) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("route_id", credential.routeId());
        if (!credential.consumerId().isEmpty()) {
            fields.put("consumer_id", credential.consumerId());
        }
        fields.put("auth_type", JsonFields.word(credential.type()));
        switch (credential.type()) {
            case API_KEY, BEARER -> {
                fields.put("header_name", credential.headerName());
                show(credential, "header_value", fields);
            }
            case BASIC -> {
                fields.put("username", String.valueOf(credential.username()));
                show(credential, "password", fields);
            }
            case OAUTH2_CLIENT_CREDENTIALS, OAUTH2_TOKEN_EXCHANGE -> {
                Map<String, Object> oauth2 = new LinkedHashMap<>();
                oauth2.put("token_url", String.valueOf(credential.tokenUrl()));
                oauth2.put("client_id", String.valueOf(credential.username()));
                show(credential, "client_secret", oauth2);
                if (credential.scope() != null) {
                    oauth2.put("scope", credential.scope());
                }
                if (credential.audience() != null) {
                    oauth2.put("audience", credential.audience());
                }
                fields.put("oauth2", oauth2);
            }
        }
        return fields;
    }

    private static void show(BackendCredential credential, String name, Map<String, Object> fields) {
        switch (credential.secret()) {
            case CredentialSecret.Held _ -> fields.put(name, HIDDEN);
            case CredentialSecret.Reference reference -> fields.put(REFERENCE, reference.name());
        }
    }

    /** For the store: everything but the secret. */
    static Map<String, @Nullable Object> stored(BackendCredential credential) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("type", JsonFields.word(credential.type()));
        fields.put("header", credential.headerName());
        fields.put("username", credential.username());
        fields.put("token_url", credential.tokenUrl());
        fields.put("scope", credential.scope());
        fields.put("audience", credential.audience());
        fields.put("upstreams", credential.upstreams());
        if (credential.secret() instanceof CredentialSecret.Reference reference) {
            fields.put(REFERENCE, reference.name());
        }
        return fields;
    }

    /** Name of the file that holds the secret; null when it lies in the store. */
    static @Nullable String reference(JsonNode stored) {
        return text(stored, REFERENCE);
    }

    /** What {@link #stored} wrote. */
    static BackendCredential restored(String route, String consumer, JsonNode stored, CredentialSecret secret) {
        return new BackendCredential(
                route,
                consumer,
                Type.valueOf(stored.path("type").stringValue().toUpperCase(java.util.Locale.ROOT)),
                stored.path("header").stringValue(),
                secret,
                text(stored, "username"),
                text(stored, "token_url"),
                text(stored, "scope"),
                text(stored, "audience"),
                stored.path("upstreams").values().stream()
                        .map(JsonNode::stringValue)
                        .toList());
    }

    private static @Nullable String text(JsonNode stored, String field) {
        JsonNode node = stored.path(field);
        return node.isString() ? node.stringValue() : null;
    }
}
