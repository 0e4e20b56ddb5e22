package bulwark.kernel.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who calls: a key's entity, its tenant, its permissions, and what its access is limited to.
 *
 * @param keyId null for the trusted identity of a node without authentication
 * @param scopes the only kinds of data that this key reaches, in the part's own words; empty = no limit
 */
public record Principal(
        String entityUri,
        String tenant,
        Set<String> permissions,
        @Nullable String keyId,
        Set<String> scopes) {
    /** Without a limit of scopes. */
    public Principal(String entityUri, String tenant, Set<String> permissions, @Nullable String keyId) {
        this(entityUri, tenant, permissions, keyId, Set.of());
    }

    public boolean isLimited() {
        return !scopes.isEmpty();
    }

    /** Whether data of this scope exists for the caller. */
    public boolean reaches(String scope) {
        return scopes.isEmpty() || scopes.contains(scope);
    }
}
