package bulwark.gateway.identity;

import bulwark.kernel.access.Confirmation;
import bulwark.kernel.json.Base64Url;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The claims of an access token that are used here, each of its right type (RFC 7519 §4.1, RFC 7800, and those of Keycloak). A claim of another type makes the token malformed.
 *
 * @param type claim {@code typ}; null when absent
 * @param roles of the realm, and of the clients that are among our audiences
 * @param scopes words of {@code scope}
 * @param subAccount claim {@code sub_account_id} of a federation; null when absent
 */
record AccessTokenClaims(
        @Nullable String issuer,
        String subject,
        Set<String> audiences,
        Instant expires,
        @Nullable Instant notBefore,
        @Nullable Instant issuedAt,
        @Nullable String type,
        @Nullable String clientId,
        @Nullable String tokenId,
        @Nullable String tenant,
        Set<String> roles,
        Set<String> scopes,
        Confirmation confirmation,
        @Nullable String subAccount) {
    private static final int MAX_TEXT = 256;
    private static final int MAX_ENTRIES = 200;
    private static final long MAX_SECONDS = 253_402_300_799L;
    private static final int DIGEST_LENGTH = 32;
    private static final Set<String> CONFIRMATIONS = Set.of("x5t#S256", "jkt");

    /** @throws TokenRefused when a claim is missing that must be there, or has the wrong type */
    static AccessTokenClaims read(JsonNode claims, Set<String> ourAudiences) {
        String subject = text(claims, "sub");
        Instant expires = instant(claims, "exp");
        if (subject == null || expires == null) {
            throw malformed();
        }
        String client = text(claims, "azp");
        return new AccessTokenClaims(
                text(claims, "iss"),
                subject,
                audiences(claims.path("aud")),
                expires,
                instant(claims, "nbf"),
                instant(claims, "iat"),
                text(claims, "typ"),
                client == null ? text(claims, "client_id") : client,
                text(claims, "jti"),
                text(claims, "tenant"),
                roles(claims, ourAudiences),
                Set.of(words(claims)),
                confirmation(claims.path("cnf")),
                text(claims, "sub_account_id"));
    }

    private static @Nullable String text(JsonNode claims, String name) {
        JsonNode value = claims.get(name);
        return value == null ? null : text(value);
    }

    /** Bounded and printable, because it goes to logs, headers and evidence. */
    private static String text(JsonNode value) {
        String text = value.stringValue("");
        if (text.isEmpty() || text.length() > MAX_TEXT || text.chars().anyMatch(AccessTokenClaims::isForbidden)) {
            throw malformed();
        }
        return text;
    }

    private static boolean isForbidden(int c) {
        return c < ' '
                || c == 0x7f
                || (c >= 0x80 && (!Character.isDefined(c) || Character.isISOControl(c)))
                || Character.getType(c) == Character.FORMAT;
    }

    private static @Nullable Instant instant(JsonNode claims, String name) {
        JsonNode value = claims.get(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber() || value.doubleValue() < 0 || value.doubleValue() > MAX_SECONDS) {
            throw malformed();
        }
        return Instant.ofEpochMilli((long) (value.doubleValue() * 1_000));
    }

    private static Set<String> audiences(JsonNode audience) {
        return audience.isMissingNode() ? Set.of() : audience.isArray() ? texts(audience) : Set.of(text(audience));
    }

    private static Set<String> texts(JsonNode array) {
        if (!array.isArray() || array.size() > MAX_ENTRIES) {
            throw malformed();
        }
        Set<String> texts = new LinkedHashSet<>();
        array.values().forEach(value -> texts.add(text(value)));
        return texts;
    }

    private static Set<String> roles(JsonNode claims, Set<String> ourAudiences) {
        Set<String> roles = new LinkedHashSet<>(rolesOf(claims.path("realm_access")));
        JsonNode clients = claims.path("resource_access");
        ourAudiences.forEach(client -> roles.addAll(rolesOf(clients.path(client))));
        return roles;
    }

    private static Set<String> rolesOf(JsonNode access) {
        return access.has("roles") ? texts(access.path("roles")) : Set.of();
    }

    private static String[] words(JsonNode claims) {
        JsonNode scope = claims.get("scope");
        if (scope == null || (scope.isString() && scope.stringValue().isEmpty())) {
            return new String[0];
        }
        if (!scope.isString()) {
            throw malformed();
        }
        return List.of(scope.stringValue().split(" +")).stream()
                .filter(word -> !word.isEmpty())
                .distinct()
                .toArray(String[]::new);
    }

    /** What cannot be checked here must not be passed over: a binding that nobody enforces is none. */
    private static Confirmation confirmation(JsonNode cnf) {
        if (cnf.isMissingNode()) {
            return Confirmation.NONE;
        }
        if (!cnf.isObject() || cnf.isEmpty() || !CONFIRMATIONS.containsAll(cnf.propertyNames())) {
            throw new TokenRefused(TokenFault.UNKNOWN_CONFIRMATION);
        }
        byte[] certificate = digest(cnf, "x5t#S256");
        byte[] key = digest(cnf, "jkt");
        return new Confirmation(
                certificate == null ? null : HexFormat.of().formatHex(certificate),
                key == null ? null : Base64Url.text(key));
    }

    private static byte @Nullable [] digest(JsonNode cnf, String name) {
        String text = text(cnf, name);
        return text == null
                ? null
                : Base64Url.exactly(DIGEST_LENGTH, text)
                        .orElseThrow(() -> new TokenRefused(TokenFault.UNKNOWN_CONFIRMATION));
    }

    private static TokenRefused malformed() {
        return new TokenRefused(TokenFault.MALFORMED);
    }
}
