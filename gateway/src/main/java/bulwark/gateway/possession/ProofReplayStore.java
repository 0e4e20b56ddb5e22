package bulwark.gateway.possession;

import java.time.Instant;

/** Which proofs were seen. One store may serve several gateways. Thread-safe; called on virtual threads, so that it may wait. */
@FunctionalInterface
public interface ProofReplayStore {
    /** What became of a proof. */
    enum Answer {
        FIRST,
        SEEN,
        /** The store is full or cannot be reached: nothing is known, and so the proof is refused. */
        UNKNOWN
    }

    /**
     * Remembers the proof, as one step with the question.
     *
     * @param proof thumbprint of its key and its {@code jti}
     * @param until when it may be forgotten
     */
    Answer remember(String proof, Instant until);
}
