package bulwark.gateway.apikey;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What may be told of one key.
 *
 * @param prefix its first twelve characters
 * @param status {@code active}, {@code suspended}, {@code expired} or {@code revoked}
 * @param expires end of the grace after a rotation, or of the key itself; null for none
 */
public record ConsumerKeySummary(
        String id,
        String subscription,
        String subject,
        String tenant,
        List<String> roles,
        String profile,
        String prefix,
        String status,
        Instant created,
        @Nullable Instant expires) {
    static ConsumerKeySummary of(ConsumerKeyRecord key, Instant now) {
        String status = key.revoked() != null
                ? "revoked"
                : !key.isLive(now) ? "expired" : key.suspended() != null ? "suspended" : "active";
        return new ConsumerKeySummary(
                key.id(),
                key.subscription(),
                key.subject(),
                key.tenant(),
                key.roles(),
                key.profile(),
                key.prefix(),
                status,
                key.created(),
                key.expires());
    }
}
