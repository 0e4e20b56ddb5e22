package bulwark.kernel.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who calls: a key's entity, its tenant and permissions. keyId is null for the trusted identity of a node without authentication. */
public record Principal(
        String entityUri,
        String tenant,
        Set<String> permissions,
        @Nullable String keyId) {}
