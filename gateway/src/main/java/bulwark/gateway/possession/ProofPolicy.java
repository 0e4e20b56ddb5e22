package bulwark.gateway.possession;

import java.time.Duration;

/**
 * How proofs are judged (RFC 9449 §4.3). Immutable.
 *
 * @param enabled whether a proof of a caller whose token is not bound is looked at
 * @param required whether every token must be bound to a key
 * @param maxAge of a proof
 * @param skew how far a proof may lie ahead
 * @param remembered how long a proof is known, so that it cannot be sent twice; at least the time in which it is good
 */
public record ProofPolicy(boolean enabled, boolean required, Duration maxAge, Duration skew, Duration remembered) {
    /** Only what tokens themselves ask for. */
    public static final ProofPolicy STANDARD =
            new ProofPolicy(false, false, Duration.ofSeconds(300), Duration.ofSeconds(30), Duration.ofSeconds(600));
}
