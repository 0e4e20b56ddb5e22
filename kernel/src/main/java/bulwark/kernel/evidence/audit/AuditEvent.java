package bulwark.kernel.evidence.audit;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happened, before it has a place in the log.
 *
 * @param type event name on the wire, for instance {@code quota_breach}
 * @param actor who acted: an identity, or the process that refused, or null when nobody is known
 * @param tenant tenant of the actor
 * @param subject id of the thing acted on (a key, a row, a message), or null
 * @param source as claimed by the caller, or null
 * @param detail JSON members; values as {@link bulwark.kernel.json.CanonicalJson} accepts them; no secrets
 */
public record AuditEvent(
        String type,
        @Nullable String actor,
        String tenant,
        @Nullable String subject,
        @Nullable String source,
        Map<String, ? extends @Nullable Object> detail) {}
