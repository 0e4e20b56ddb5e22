package bulwark.tasks.redis;

import bulwark.tasks.broker.Subscription;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A queue or broadcast channel as one consumer reads it.
 *
 * @param streams highest priority first; the last one also takes what was delayed without a priority
 * @param start from where a new group reads: everything, or what follows
 * @param delayedKey key of what is hidden
 * @param backlogs of a queue; null for a broadcast
 */
record StreamSource(
        String name,
        boolean broadcast,
        String group,
        String start,
        String delayedKey,
        @Nullable BacklogKeys backlogs,
        List<String> streams) {
    private static final String REPLIES = ".control.reply.";
    private static final String REPLY_RETENTION = "3600000";
    private static final String REDELIVERY_RETENTION = "86400000";

    static List<StreamSource> of(Subscription subscription, RedisKeys keys) {
        List<StreamSource> sources = new ArrayList<>();
        String consumer = subscription.consumer();
        for (String channel : subscription.channels()) {
            String again = keys.broadcastRedelivery(channel, consumer);
            sources.add(new StreamSource(
                    channel,
                    true,
                    keys.broadcastGroup(channel, consumer),
                    "$",
                    "",
                    null,
                    List.of(keys.broadcast(channel))));
            sources.add(new StreamSource(
                    channel,
                    true,
                    keys.broadcastGroup(channel, consumer),
                    "0",
                    again + ":delayed",
                    null,
                    List.of(again)));
        }
        for (String queue : subscription.queues()) {
            List<String> streams = new ArrayList<>(keys.streams(queue));
            streams.addFirst(keys.admitted(queue));
            sources.add(new StreamSource(
                    queue,
                    false,
                    keys.group(queue),
                    "0",
                    keys.delayed(queue),
                    new BacklogKeys(keys.backlogs(queue), keys.backlogLimits(queue), keys.backlogPrefix(queue)),
                    streams));
        }
        return sources;
    }

    /** Where the messages wait that a limit holds back. */
    record BacklogKeys(String due, String limits, String prefix) {}

    /** Whether what comes from the stream waited for its limits and passed them. */
    boolean passedLimits(String stream) {
        return backlogs != null && stream.equals(streams.getFirst());
    }

    String baseStream() {
        return streams.getLast();
    }

    /** What is redelivered to one consumer of a channel: rare, so nothing is made for it before it does. */
    boolean isRedelivery() {
        return broadcast && start.equals("0");
    }

    /** Milliseconds after which its streams are forgotten although nobody deleted them; empty for never. */
    String expiry() {
        return isRedelivery() ? REDELIVERY_RETENTION : !broadcast && name.contains(REPLIES) ? REPLY_RETENTION : "";
    }
}
