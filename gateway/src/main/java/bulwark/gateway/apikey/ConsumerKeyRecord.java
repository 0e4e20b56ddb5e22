package bulwark.gateway.apikey;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One key as it is kept.
 *
 * @param lookup SHA-256 of the key, hex
 * @param prefix its first twelve characters
 * @param profile security profile of the subscription, see {@code SecurityProfile}
 * @param serial 1 for the first key of the subscription
 * @param expires end of the grace after a rotation, or of the key itself; null for none
 */
record ConsumerKeyRecord(
        String id,
        String lookup,
        String prefix,
        String subscription,
        String subject,
        String tenant,
        List<String> roles,
        String profile,
        int serial,
        Instant created,
        @Nullable Instant expires,
        @Nullable Instant suspended,
        @Nullable Instant revoked) {
    ConsumerKeyRecord {
        roles = List.copyOf(roles);
    }

    boolean isLive(Instant now) {
        return revoked == null && (expires == null || now.isBefore(expires));
    }
}
