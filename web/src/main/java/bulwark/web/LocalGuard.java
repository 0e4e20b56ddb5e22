package bulwark.web;

import bulwark.kernel.process.PeerProcess;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the callers of an owner's socket whose user is right. Linux only; elsewhere the user alone decides.
 *
 * @param refusals told of everybody who is turned away
 */
public record LocalGuard(Policy policy, Service.Refusals refusals) {
    /** Decides for each request. Thread-safe. */
    @FunctionalInterface
    public interface Policy {
        /**
         * Why the caller may not use the route, a sentence with the remedy; null when it may.
         *
         * @param peer empty when nobody can say which process calls
         */
        @Nullable
        String refusal(Optional<PeerProcess> peer, Route route);
    }
}
