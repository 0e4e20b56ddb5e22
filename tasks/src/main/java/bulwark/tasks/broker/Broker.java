package bulwark.tasks.broker;

import bulwark.tasks.envelope.Envelope;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Carries messages at least once. Every method is one or more atomic steps, so that a crash between any two loses nothing; whatever returned is as
 * durable as the store is set to be. Nothing here verifies a signature. Thread-safe; blocks, so call it on virtual threads.
 *
 * <p>All methods throw {@link BrokerUnavailable} when the store cannot be reached; implementations reconnect by themselves.
 */
public interface Broker {
    /** Longest envelope that is read, unless configured otherwise. */
    int MAX_ENVELOPE_BYTES = 1 << 20;

    /** Puts messages into their queues, in order, in as few round trips as possible. */
    default void publish(List<Publication> messages) {
        publication(messages).run();
    }

    /** {@link #publish} in two steps: writes the messages down now, and sends them when the answer runs, on whichever thread. */
    Runnable publication(List<Publication> messages);

    /**
     * Publishes unless something was already published under this identity.
     *
     * @param remembered how long the identity is kept
     * @return false when it had been
     */
    boolean publishOnce(String identity, Duration remembered, Publication message);

    /**
     * Takes the lock and publishes in one step, unless another task holds the lock: so what a lock names was published.
     *
     * @return id of the task that holds the lock from now on: the message's own, or that of the task that was published before
     */
    String publishUnique(UniqueLock lock, Publication message);

    /** Sends to every consumer that listens on the channel; the newest few thousand are kept for slow ones. */
    void broadcast(String channel, Envelope envelope);

    /**
     * Takes what is due, expired leases of others included; waits when there is nothing.
     *
     * @param limits a wake-up from waiting may bring up to one more for each further priority
     * @param wait at most 5 s
     * @return maybe empty
     */
    List<ReceivedMessage> receive(Subscription subscription, TakeLimits limits, Duration wait)
            throws InterruptedException;

    /** As {@link #receive(Subscription, TakeLimits, Duration)}, with messages under suspicion. */
    default List<ReceivedMessage> receive(Subscription subscription, int max, Duration wait)
            throws InterruptedException {
        return receive(subscription, TakeLimits.of(max), wait);
    }

    /**
     * Takes one start out of every limit of a delivery, or out of none. Where a limit has none left, or others wait for the same limits already, the message leaves its queue for
     * their backlog. From there {@link #receive} brings it at the moment at which it may start, by priority and then in the order of arrival, with the start taken.
     *
     * @return each decision at the index of its start
     */
    List<LimitedStart.LimitDecision> limit(List<LimitedStart> starts);

    /** Marks deliveries as running, in order; each decision is at its start's index. */
    List<RunStart.StartDecision> begin(List<RunStart> starts);

    /**
     * Renews leases.
     *
     * @param lease time from now during which the message stays with its consumer
     * @return those whose receipt is no longer good
     */
    List<Receipt> renew(Collection<Receipt> receipts, Duration lease);

    /** Ends deliveries; false for each whose receipt was no longer valid, of which nothing was written. */
    List<Boolean> settle(List<Settlement> settlements);

    QueueCounts counts(String queue);

    /** Names of the queues that hold or held something. */
    List<String> queues();

    DeadLetterStore deadLetters();

    /** Empties the queue, its delayed messages and its dead letters. */
    void purge(String queue);

    /** Forgets a queue made for one purpose, such as a reply. */
    void delete(String queue);

    /** One round trip, for liveness: returns when the store answered. */
    void ping();

    /** Returns when the store takes writes; else says why it takes none. At most one round trip. */
    void checkWritable();

    /** Sentences about settings of the store that may lose tasks (eviction, no persistence); empty when fine. */
    List<DurabilityWarning> durabilityWarnings();

    /** @param fatal refuses a worker's start unless allowed by name */
    record DurabilityWarning(String sentence, boolean fatal) {}
}
