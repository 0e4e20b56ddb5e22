package bulwark.gateway.apikey;

import bulwark.gateway.apikey.ConsumerKeyVerdict.Reason;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What other gateways said of keys: each can only take away. By SHA-256 of the key, hex. Thread-safe. */
final class RemoteKeyOrders {
    private final Set<String> revoked = ConcurrentHashMap.newKeySet();
    private final Set<String> suspended = ConcurrentHashMap.newKeySet();
    private final Map<String, Instant> ends = new ConcurrentHashMap<>();

    void revoke(String lookup) {
        revoked.add(lookup);
    }

    void suspend(String lookup, boolean isSuspended) {
        if (isSuspended) {
            suspended.add(lookup);
        } else {
            suspended.remove(lookup);
        }
    }

    /** Of two ends the earlier holds. */
    void end(String lookup, Instant end) {
        ends.merge(lookup, end, (one, other) -> one.isBefore(other) ? one : other);
    }

    /** Why the key is not accepted, or null. */
    @Nullable
    Reason fault(String lookup, Instant now) {
        if (revoked.contains(lookup)) {
            return Reason.REVOKED;
        }
        if (!now.isBefore(ends.getOrDefault(lookup, Instant.MAX))) {
            return Reason.EXPIRED;
        }
        return suspended.contains(lookup) ? Reason.SUSPENDED : null;
    }

    /** {@link Instant#MAX} for none. */
    Instant end(String lookup) {
        return ends.getOrDefault(lookup, Instant.MAX);
    }
}
