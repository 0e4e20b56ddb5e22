package bulwark.gateway.possession;

import java.time.Instant;

/** Which proofs were seen. One store may serve several gateways. Thread-safe; called on virtual threads, so that it may wait. */
@FunctionalInterface
public interface ProofReplayStore {
    /** @param principal URI within the tenant */
    record Caller(String tenant, String principal) {}

    /** What became of a proof. */
    enum Answer {
        FIRST,
        SEEN,
        /** Too many proofs of this caller, or of its tenant, are remembered: this one is refused, and those of others are not. */
        SHARE_USED_UP,
        /** The store is full or cannot be reached: nothing is known, and so the proof is refused. */
        UNKNOWN
    }

    /**
     * Remembers the proof, as one step with the question.
     *
     * @param caller whose proofs count together
     * @param proof thumbprint of its key and its {@code jti}
     * @param until when it may be forgotten
     */
    Answer remember(Caller caller, String proof, Instant until);
}
