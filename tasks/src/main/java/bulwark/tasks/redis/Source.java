package bulwark.tasks.redis;

import bulwark.tasks.broker.Subscription;
import java.util.ArrayList;
import java.util.List;

/**
 * A queue or broadcast channel as one consumer reads it.
 *
 * @param streams highest priority first; the last one also takes what was delayed without a priority
 * @param start from where a new group reads: everything, or what follows
 * @param delayed key of what is hidden
 */
record Source(String name, boolean broadcast, String group, String start, String delayed, List<String> streams) {
    private static final String REPLIES = ".control.reply.";
    private static final String REPLIES_LIVE = "3600000";
    private static final String AGAIN_LIVES = "86400000";

    static List<Source> of(Subscription subscription, Keys keys) {
        List<Source> sources = new ArrayList<>();
        String consumer = subscription.consumer();
        for (String channel : subscription.channels()) {
            String again = keys.broadcastAgain(channel, consumer);
            sources.add(new Source(
                    channel, true, keys.broadcastGroup(channel, consumer), "$", "", List.of(keys.broadcast(channel))));
            sources.add(new Source(
                    channel, true, keys.broadcastGroup(channel, consumer), "0", again + ":delayed", List.of(again)));
        }
        for (String queue : subscription.queues()) {
            sources.add(new Source(queue, false, keys.group(queue), "0", keys.delayed(queue), keys.streams(queue)));
        }
        return sources;
    }

    String base() {
        return streams.getLast();
    }

    /** What comes again to one consumer of a channel: rare, so nothing is made for it before it does. */
    boolean again() {
        return broadcast && start.equals("0");
    }

    /** Milliseconds after which its streams are forgotten although nobody deleted them; empty for never. */
    String expiry() {
        return again() ? AGAIN_LIVES : !broadcast && name.contains(REPLIES) ? REPLIES_LIVE : "";
    }
}
