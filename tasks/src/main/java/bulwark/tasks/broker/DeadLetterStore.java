package bulwark.tasks.broker;

import bulwark.tasks.envelope.Message;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The dead letters of a broker's queues. Thread-safe; blocks and fails as its {@link Broker} does. */
public interface DeadLetterStore {
    /** Newest first. @param since only those dead-lettered then or later, or null for all */
    DeadLetter.Page page(String queue, int offset, int limit, @Nullable Instant since);

    Optional<DeadLetter> one(String queue, DeadLetter.Name name);

    /**
     * Puts dead letters back, oldest first, each in one step together with re-admitting its task id: a stored status {@code succeeded} or {@code failed}
     * becomes {@code queued} with {@code lastReplayAt}, {@code replayCount}, {@code lastReplayReason}, {@code lastReplayDelayMs} in its meta. Malformed dead letters stay, unless one is named: it goes
     * back as the bytes that it was, after the delay like any other.
     *
     * @param prepare makes the message to enqueue of the stored one (a new attempt, signed again or with its delivery state advanced)
     * @return what was, or with a dry run would be, replayed
     */
    List<DeadLetter> replay(String queue, DeadLetter.Replay request, UnaryOperator<Message> prepare);

    /** The newest first, up to the limit. @return how many were removed */
    int purge(String queue, @Nullable Integer limit, @Nullable Instant since);
}
