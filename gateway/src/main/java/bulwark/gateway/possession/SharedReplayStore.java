package bulwark.gateway.possession;

import bulwark.gateway.redis.RedisConnections;
import bulwark.kernel.signing.Digests;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/**
 * The proofs that all gateways of one Redis saw: a proof that one of them took is refused by the others. While Redis is gone or silent nothing is known, so that every proof is refused
 * within 50 ms. Thread-safe; waits.
 */
public final class SharedReplayStore implements ProofReplayStore {
    private static final Duration ANSWER_TIMEOUT = Duration.ofMillis(50);
    private static final String PREFIX = "stoa:{dpop}:";

    private final ProofReplayStore own;
    private final RedisConnections redis;
    private final Clock clock;

    /** @param own knows what this gateway saw, also what Redis lost */
    public SharedReplayStore(ProofReplayStore own, RedisConnections redis, Clock clock) {
        this.own = own;
        this.redis = redis;
        this.clock = clock;
    }

    @Override
    public Answer remember(Caller caller, String proof, Instant until) {
        Answer here = own.remember(caller, proof, until);
        if (here != Answer.FIRST) {
            return here;
        }
        long millis = Math.max(1, Duration.between(clock.instant(), until).toMillis());
        String key = PREFIX + Digests.sha256Hex(proof);
        Optional<Boolean> first = redis.ask(
                ANSWER_TIMEOUT,
                connection -> connection.executeCommand(new CommandArguments(Command.SET)
                                .add(key)
                                .add(1)
                                .add("NX")
                                .add("PX")
                                .add(millis))
                        != null);
        return first.map(set -> set ? Answer.FIRST : Answer.SEEN).orElse(Answer.UNKNOWN);
    }
}
