package bulwark.tasks.broker;

import bulwark.tasks.envelope.Envelope;
import java.time.Duration;
import java.util.List;

/**
 * Who takes from where; a queue whose name no producer may use is refused ({@link bulwark.tasks.envelope.EnvelopeRefused}). A value: two calls with equal subscriptions go on where the first stopped.
 *
 * @param queues taken from in this order, each by priority, 9 first
 * @param channels broadcast channels; each consumer sees every message sent after its first take
 * @param consumer unique for each live process
 * @param lease how long a message is held without a renewal before another may take it over
 */
public record Subscription(List<String> queues, List<String> channels, String consumer, Duration lease) {
    public Subscription {
        queues = List.copyOf(queues);
        queues.forEach(queue -> Envelope.checkQueue("queue", queue));
        channels = List.copyOf(channels);
    }

    public static Subscription toQueue(String queue, String consumer, Duration lease) {
        return new Subscription(List.of(queue), List.of(), consumer, lease);
    }

    public static Subscription toChannel(String channel, String consumer, Duration lease) {
        return new Subscription(List.of(), List.of(channel), consumer, lease);
    }
}
