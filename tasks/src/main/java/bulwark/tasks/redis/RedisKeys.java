package bulwark.tasks.redis;

import java.util.ArrayList;
import java.util.List;

/** Names of keys, groups and channels of one namespace. Source: Stem 0.2; {@code fired} and all that is named after limits are ours. */
record RedisKeys(String namespace) {
    static final int PRIORITIES = 10;

    String stream(String queue, int priority) {
        int clamped = Math.clamp(priority, 0, PRIORITIES - 1);
        return namespace + ":stream:" + queue + (clamped == 0 ? "" : ":p" + clamped);
    }

    /** Highest priority first. */
    List<String> streams(String queue) {
        List<String> streams = new ArrayList<>(PRIORITIES);
        for (int priority = PRIORITIES - 1; priority >= 0; priority--) {
            streams.add(stream(queue, priority));
        }
        return streams;
    }

    /** Hash of the deaths of holders, by entry; the scripts make the same name. */
    static String deaths(String stream) {
        return stream.replaceFirst(":stream:", ":deaths:");
    }

    String streamPrefix() {
        return namespace + ":stream:";
    }

    /** Stream of what waited for limits and passed them; read before the others. The name has the form from which {@link #deaths} and the scripts make another. */
    String admitted(String queue) {
        return namespace + ":admitted:stream:" + queue;
    }

    /** Sorted set of a queue's backlogs, by the milliseconds since 1970 at which the first of each may start. */
    String backlogs(String queue) {
        return namespace + ":backlogs:" + queue;
    }

    /** Hash of what each backlog of a queue waits for. */
    String backlogLimits(String queue) {
        return namespace + ":backlog-limits:" + queue;
    }

    /** Sorted set of messages that wait for the same limits; the backlog's name follows. */
    String backlogPrefix(String queue) {
        return namespace + ":backlog:" + queue + ":";
    }

    String group(String queue) {
        return namespace + ":group:" + queue;
    }

    String delayedPrefix() {
        return namespace + ":delayed:";
    }

    String delayed(String queue) {
        return delayedPrefix() + queue;
    }

    String deadPrefix() {
        return namespace + ":dead:";
    }

    String deadLetters(String queue) {
        return deadPrefix() + queue;
    }

    String broadcast(String channel) {
        return namespace + ":broadcast:" + channel;
    }

    String broadcastGroup(String channel, String consumer) {
        return namespace + ":broadcast:" + channel + ":" + consumer;
    }

    /** Broadcast messages that are redelivered to one consumer. */
    String broadcastRedelivery(String channel, String consumer) {
        return broadcastGroup(channel, consumer) + ":again";
    }

    /** Written to see whether the server takes writes. */
    String writeCheck() {
        return namespace + ":write-check";
    }

    String fired(String identity) {
        return namespace + ":fired:" + identity;
    }

    String resultPrefix() {
        return namespace + ":result:";
    }

    String eventsPrefix() {
        return namespace + ":result:events:";
    }

    String groupDescriptor(String group) {
        return namespace + ":group:" + group;
    }

    String groupResults(String group) {
        return groupDescriptor(group) + ":results";
    }

    String groupClaim(String group) {
        return groupDescriptor(group) + ":claim";
    }

    String heartbeat(String worker) {
        return namespace + ":worker:heartbeat:" + worker;
    }

    /** Where each heartbeat is also said aloud; the first part is fixed in Stem 0.2. */
    static String heartbeatChannel(String workers) {
        return "stem:heartbeat:" + workers;
    }

    String heartbeats() {
        return namespace + ":worker:heartbeats";
    }

    String lock(String key) {
        return namespace + ":lock:" + key;
    }

    String scheduleIndex() {
        return namespace + ":schedule:index";
    }

    String schedule(String id) {
        return namespace + ":schedule:" + id;
    }

    String rate(String key) {
        return namespace + ":rate:" + key;
    }

    /** The namespace is the revocation's own. */
    static String revocations(String namespace) {
        return namespace + ":control:revokes";
    }
}
