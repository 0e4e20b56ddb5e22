package bulwark.facts.admin;

import static bulwark.web.ApiRefusal.Kind.MALFORMED;

import bulwark.kernel.access.ApiKeys.NewKey;
import bulwark.kernel.keys.CompromisedSecrets;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.time.Timestamps;
import bulwark.web.ApiRefusal;
import bulwark.web.RequestBody;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What callers write to ask for a key. */
record KeyRequest(NewKey key, Optional<SecretBytes> rawKey) {
    private static final String TENANT = "default";
    private static final int MAX_TEXT = 1024;
    private static final int MAX_KEY = 512;
    private static final Set<String> FIELDS =
            Set.of("entity_uri", "permissions", "description", "expires_at", "tenant_id", "bound_to", "scopes");
    private static final Set<String> FIELDS_WITH_KEY = Set.of(
            "entity_uri", "permissions", "description", "expires_at", "tenant_id", "bound_to", "scopes", "raw_key");
    private static final Set<String> LABELLED_FIELDS =
            Set.of("label", "scopes", "permissions", "entity_uri", "bound_to");

    /**
     * {@code {entity_uri, permissions, description, expires_at, tenant_id, bound_to, scopes}}, and raw_key (32 to 512 characters) where
     * the caller makes it.
     */
    static KeyRequest full(RequestBody body, boolean withRawKey, Instant now, Duration maxAge) {
        Optional<SecretBytes> raw = withRawKey ? Optional.of(rawKey(body, 32)) : Optional.empty();
        String entity = body.name("entity_uri", 1, MAX_TEXT, false);
        List<String> permissions = body.texts("permissions", Permissions.DEFAULT);
        String description = body.optionalText("description", 0, MAX_TEXT).orElse(null);
        Instant expires = expiresAt(body);
        String tenant = body.optionalText("tenant_id").orElse(TENANT);
        String bound = boundTo(body);
        Set<String> scopes = KeyScopes.checked(body, body.texts("scopes", List.of()), permissions);
        body.only(withRawKey ? FIELDS_WITH_KEY : FIELDS);
        body.check();
        return new KeyRequest(
                new NewKey(
                        entity,
                        Permissions.checked(permissions),
                        description,
                        tenant(tenant),
                        expiryOf(expires, now, maxAge),
                        bound,
                        scopes),
                raw);
    }

    /**
     * {@code {label, scopes}}: scopes of facts limit the key; permissions may stand among them or in {@code permissions}. The label
     * names the entity too unless there is an {@code entity_uri}.
     */
    static KeyRequest labelled(RequestBody body) {
        String label = body.text("label", 1, MAX_TEXT);
        List<String> words = body.texts("scopes", List.of());
        List<String> permissions = new ArrayList<>(body.texts("permissions", List.of()));
        words.stream().filter(word -> !KeyScopes.isScope(word)).forEach(permissions::add);
        if (permissions.isEmpty()) {
            permissions.addAll(Permissions.DEFAULT);
        }
        String entity = body.optionalText("entity_uri", 1, MAX_TEXT).orElse("agent:" + label);
        List<String> limit = words.stream().filter(KeyScopes::isScope).toList();
        Set<String> scopes = KeyScopes.checked(body, limit, permissions);
        String bound = boundTo(body);
        body.only(LABELLED_FIELDS);
        body.check();
        NewKey key = new NewKey(entity, Permissions.checked(permissions), label, TENANT, null, bound, scopes);
        return new KeyRequest(key, Optional.empty());
    }

    /** {@code bound_to}: the fingerprint of a client certificate, with colons or without, or its URI SAN. */
    private static @Nullable String boundTo(RequestBody body) {
        String text = body.optionalText("bound_to", 1, MAX_TEXT).orElse(null);
        if (text == null) {
            return null;
        }
        String fingerprint = text.replace(":", "").toLowerCase(Locale.ROOT);
        if (fingerprint.matches("[0-9a-f]{64}")) {
            return fingerprint;
        }
        if (!text.matches("[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")) {
            body.invalid(
                    "bound_to",
                    "give the SHA-256 fingerprint of a client certificate (64 hexadecimal digits) or its URI SAN");
        }
        return text;
    }

    /** Must fit into an Authorization header. Faults never repeat it. */
    static SecretBytes rawKey(RequestBody body, int min) {
        String raw = body.text("raw_key", min, MAX_KEY);
        SecretBytes secret = SecretBytes.ofText(raw);
        if (!raw.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            body.invalid("raw_key", "only printable ASCII characters without blanks are allowed");
        } else if (!raw.isEmpty() && CompromisedSecrets.contains(secret)) {
            body.invalid("raw_key", "this value was published and protects nothing: make a fresh one");
        }
        return secret;
    }

    /** Without an offset it means UTC. */
    private static @Nullable Instant expiresAt(RequestBody body) {
        Optional<String> text = body.optionalText("expires_at", 1, 64);
        Optional<Instant> instant = text.flatMap(Timestamps::parse);
        if (text.isPresent() && instant.isEmpty()) {
            body.invalid("expires_at", "expires_at must be an ISO 8601 timestamp");
        }
        return instant.orElse(null);
    }

    private static @Nullable String expiryOf(@Nullable Instant expires, Instant now, Duration maxAge) {
        if (expires == null) {
            return null;
        }
        if (!expires.isAfter(now)) {
            throw new ApiRefusal(MALFORMED, "expiry_in_the_past", "expires_at must be in the future");
        }
        if (!maxAge.isZero() && expires.isAfter(now.plus(maxAge))) {
            throw new ApiRefusal(
                    MALFORMED,
                    "expiry_too_late",
                    "expires_at exceeds configured static API key max age (" + maxAge.toDays() + " days)");
        }
        return expires.toString();
    }

    private static String tenant(String tenant) {
        if (!Set.of(TENANT).contains(tenant)) {
            throw new ApiRefusal(MALFORMED, "unknown_tenant", "tenant_id must be 'default': this node has one tenant");
        }
        return tenant;
    }
}
