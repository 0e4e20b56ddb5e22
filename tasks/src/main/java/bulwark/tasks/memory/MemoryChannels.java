package bulwark.tasks.memory;

import bulwark.tasks.broker.Receipt;
import bulwark.tasks.envelope.Message;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What each consumer of a channel has yet to see. Guarded by the broker's lock. */
final class MemoryChannels {
    private static final int BROADCASTS_KEPT = 4_096;

    /** By channel, then by consumer. */
    private final Map<String, Map<String, MemoryQueue>> channels = new HashMap<>();

    /** A consumer that listens for the first time sees what is sent from now on. */
    MemoryQueue join(String channel, String consumer) {
        return channels.computeIfAbsent(channel, ignored -> new HashMap<>())
                .computeIfAbsent(consumer, ignored -> new MemoryQueue());
    }

    /** Null when its consumer does not listen there. */
    @Nullable
    MemoryQueue of(Receipt receipt) {
        return channels.getOrDefault(receipt.stream(), Map.of()).get(receipt.consumer());
    }

    /** @param due milliseconds since 1970 */
    void add(String channel, Message message, LongSupplier nextId, long due) {
        for (MemoryQueue each : channels.getOrDefault(channel, Map.of()).values()) {
            each.add(nextId.getAsLong(), message, 0, due);
            each.removeOldestBeyond(BROADCASTS_KEPT);
        }
    }
}
