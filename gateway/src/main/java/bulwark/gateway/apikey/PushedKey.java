package bulwark.gateway.apikey;

import java.time.Instant;
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

    boolean endsBefore(PushedKey other) {
        return expires != null && (other.expires == null || expires.isBefore(other.expires));
    }
}
