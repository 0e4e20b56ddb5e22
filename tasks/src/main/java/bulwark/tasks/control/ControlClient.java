package bulwark.tasks.control;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.signing.KeyPurpose;
import bulwark.tasks.store.TaskStores;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Asks workers and collects what they answer. Signs when it has a key for commands. Thread-safe; blocks. */
public final class ControlClient {
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final Duration SIGNED_REPLY_TIMEOUT = Duration.ofSeconds(1);
    private static final int BATCH = 100;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final TaskStores stores;
    private final Broker broker;
    private final EnvelopeSigning signing;
    private final String namespace;
    private final Clock clock;

    public ControlClient(TaskStores stores, EnvelopeSigning signing, String namespace, Clock clock) {
        this.stores = stores;
        this.broker = stores.broker();
        this.signing = signing.forPurpose(KeyPurpose.CONTROL);
        this.namespace = namespace;
        this.clock = clock;
    }

    /**
     * Sends a command and waits until everybody answered whose answer is expected: the targets, or for {@link ControlCommand#ALL} every worker with a heartbeat.
     *
     * @param targets worker ids; empty for all
     * @param timeout the command is not obeyed after it; at most an hour
     * @return the replies: of each worker the first that is signed, else the first
     */
    public List<ControlReply> request(String type, List<String> targets, ObjectNode payload, Duration timeout)
            throws InterruptedException {
        List<String> all = targets.isEmpty() ? List.of(ControlCommand.ALL) : targets;
        String requestId = random();
        ControlCommand command = new ControlCommand(
                requestId,
                type,
                all,
                payload,
                timeout,
                random(),
                clock.instant().plus(timeout));
        Set<String> expected = expected(all);
        String replies = ControlCodec.replyQueue(namespace, requestId);
        try {
            send(command);
            return collect(requestId, replies, expected, timeout);
        } finally {
            broker.delete(replies);
        }
    }

    private Set<String> expected(Collection<String> targets) {
        if (!targets.contains(ControlCommand.ALL)) {
            return new HashSet<>(targets);
        }
        return stores.results().heartbeats().stream()
                .filter(heartbeat -> heartbeat.path("namespace").asString("").equals(namespace))
                .map(heartbeat -> heartbeat.path("workerId").asString(""))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private void send(ControlCommand command) {
        String channel = ControlCodec.channel(namespace);
        broker.broadcast(channel, signing.signIfAble(ControlCodec.envelope(command, channel, clock)));
    }

    private List<ControlReply> collect(String requestId, String queue, Set<String> expected, Duration timeout)
            throws InterruptedException {
        Subscription subscription = Subscription.toQueue(queue, "stem-cli-control-" + requestId, LEASE);
        long end = System.nanoTime() + timeout.toNanos();
        Map<String, ControlReply> replies = new LinkedHashMap<>();
        boolean complete = false;
        for (long left = timeout.toNanos(); left > 0; left = end - System.nanoTime()) {
            Duration wait = left < POLL.toNanos() ? Duration.ofNanos(left) : POLL;
            for (ReceivedMessage message : broker.receive(subscription, BATCH, wait)) {
                if (message instanceof ReceivedMessage.Delivery delivery) {
                    read(delivery, requestId)
                            .ifPresent(reply -> replies.merge(reply.workerId(), reply, ControlClient::better));
                }
            }
            if (!complete && !expected.isEmpty() && replies.keySet().containsAll(expected)) {
                complete = true;
                // Anybody may have written an unsigned one: the worker's own may still come.
                boolean sure = !signing.canVerify() || replies.values().stream().allMatch(ControlReply::signed);
                end = Math.min(end, System.nanoTime() + (sure ? 0 : SIGNED_REPLY_TIMEOUT.toNanos()));
            }
        }
        return List.copyOf(replies.values());
    }

    private static ControlReply better(ControlReply first, ControlReply next) {
        return next.signed() && !first.signed() ? next : first;
    }

    private java.util.Optional<ControlReply> read(ReceivedMessage.Delivery delivery, String requestId) {
        Envelope envelope = delivery.message().envelope();
        boolean signed = signing.verify(envelope) instanceof EnvelopeSigning.Verdict.Valid
                && envelope.queue().equals(delivery.queue());
        return ControlCodec.reply(envelope, requestId, signed);
    }

    private static String random() {
        byte[] bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
