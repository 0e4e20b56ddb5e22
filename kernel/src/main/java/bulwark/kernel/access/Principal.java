package bulwark.kernel.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who calls: an entity, its tenant, its permissions, what its access is limited to, and how all of that was shown.
 *
 * @param entityUri the entity; for a token its {@code sub}
 * @param permissions what the caller may do, in the words that routes declare
 * @param keyId of the credential: of a key its id, of a token its {@code jti}; null for the trusted identity of a node without authentication
 * @param scopes the only kinds of data that this key reaches, in the part's own words; empty = no limit
 */
public record Principal(
        String entityUri,
        String tenant,
        Set<String> permissions,
        @Nullable String keyId,
        Set<String> scopes,
        Authentication authentication) {
    /** By a key. */
    public Principal(
            String entityUri, String tenant, Set<String> permissions, @Nullable String keyId, Set<String> scopes) {
        this(entityUri, tenant, permissions, keyId, scopes, Authentication.KEY);
    }

    /** By a key, without a limit of scopes. */
    public Principal(String entityUri, String tenant, Set<String> permissions, @Nullable String keyId) {
        this(entityUri, tenant, permissions, keyId, Set.of());
    }

    /** The same caller in this tenant. */
    public Principal withTenant(String name) {
        return new Principal(entityUri, name, permissions, keyId, scopes, authentication);
    }

    public boolean isLimited() {
        return !scopes.isEmpty();
    }

    /** Whether data of this scope exists for the caller. */
    public boolean reaches(String scope) {
        return scopes.isEmpty() || scopes.contains(scope);
    }
}
