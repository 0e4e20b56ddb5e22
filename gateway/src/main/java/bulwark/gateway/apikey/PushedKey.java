package bulwark.gateway.apikey;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key that a control plane pushed, found by the SHA-256 of the key. It opens one route and nothing else.
 *
 * @param subscription id, under which its calls are counted and recorded
 * @param route id
 * @param expires null for none
 */
public record PushedKey(
        String subscription,
        String consumer,
        String tenant,
        String route,
        String profile,
        @Nullable Instant expires) {
    /** Whether the two differ in their end alone. */
    boolean opensTheSameAs(PushedKey other) {
        return equals(
                new PushedKey(other.subscription, other.consumer, other.tenant, other.route, other.profile, expires));
    }

    /** The one that ends later. */
    public PushedKey later(PushedKey other) {
        return endsBefore(other) ? other : this;
    }

    boolean hasEnded(Instant now) {
        return expires != null && !now.isBefore(expires);
    }

    /** Of these keys those that are among the others too and open the same there; one that ends sooner there ends sooner. */
    static Map<String, PushedKey> withdrawn(Map<String, PushedKey> keys, Map<String, PushedKey> others) {
        Map<String, PushedKey> left = new HashMap<>();
        keys.forEach((id, key) -> {
            PushedKey next = others.get(id);
            if (next != null && next.opensTheSameAs(key)) {
                left.put(id, next.endsBefore(key) ? next : key);
            }
        });
        return left;
    }

    boolean endsBefore(PushedKey other) {
        return expires != null && (other.expires == null || expires.isBefore(other.expires));
    }
}
