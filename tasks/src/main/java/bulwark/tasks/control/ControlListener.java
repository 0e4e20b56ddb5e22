package bulwark.tasks.control;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.Publication;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.signing.KeyPurpose;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Receives a worker's control commands: subscribes to the channel that reaches all, executes what passes the check, replies. One thread; it survives outages of the broker. */
public final class ControlListener {
    private static final Logger LOG = LoggerFactory.getLogger(ControlListener.class);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);
    /** After so many looks that found nothing. A stop waits for the look that is under way. */
    private static final Duration QUIET_POLL_TIMEOUT = Duration.ofSeconds(3);

    private static final int QUIET_AFTER = 10;
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final long PAUSE_MS = 1_000;
    private static final int BATCH = 16;

    private final Broker broker;
    private final EnvelopeSigning signing;
    private final String namespace;
    private final String worker;
    private final CommandVerifier verifier;
    private final Function<ControlCommand, ObjectNode> execute;
    private final BiConsumer<String, String> refused;
    private final Subscription subscription;
    private final Clock clock;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread thread;

    /**
     * @param allowUnsigned with keys, obey unsigned commands too; also listens on the queues that the original system sends to
     * @param obey does what is asked and returns the reply's payload; an {@link IllegalArgumentException} becomes an error reply
     * @param refused called with each refused command: id of its envelope as claimed, reason
     */
    public ControlListener(
            Broker broker,
            EnvelopeSigning signing,
            boolean allowUnsigned,
            String namespace,
            String worker,
            Function<ControlCommand, ObjectNode> obey,
            BiConsumer<String, String> refused,
            Clock clock) {
        this.broker = broker;
        this.signing = signing.forPurpose(KeyPurpose.CONTROL);
        this.namespace = namespace;
        this.worker = worker;
        this.verifier = new CommandVerifier(signing, allowUnsigned, worker, clock.instant(), clock);
        this.execute = obey;
        this.refused = refused;
        this.clock = clock;
        List<String> queues = new ArrayList<>();
        if (allowUnsigned || !signing.canVerify()) {
            queues.add(ControlCodec.workerQueue(namespace, worker));
            queues.add(ControlCodec.sharedQueue(namespace));
        }
        List<String> channels = List.of(ControlCodec.channel(namespace));
        this.subscription = new Subscription(queues, channels, worker + "-control", LEASE);
        this.thread = EssentialThread.platform("stem-control", this::listen);
    }

    /** No command that is sent from now on is missed; {@link #start} obeys them. */
    public void subscribe() throws InterruptedException {
        broker.receive(subscription, 0, Duration.ZERO);
    }

    public void start() {
        thread.start();
    }

    /** A sentence when its thread failed lately. */
    public @Nullable String problem() {
        return thread.problem();
    }

    /** Returns when the last command was answered, or after a few seconds. */
    public void stop() throws InterruptedException {
        stop.countDown();
        if (Thread.currentThread() != thread.thread()) {
            thread.thread().join(3_000);
        }
        if (!subscription.queues().isEmpty()) {
            try {
                broker.delete(ControlCodec.workerQueue(namespace, worker));
            } catch (BrokerUnavailable e) {
                LOG.debug("The queue of commands was left behind.", e);
            }
        }
    }

    private void listen() {
        int empty = 0;
        while (stop.getCount() > 0) {
            try {
                List<ReceivedMessage> messages =
                        broker.receive(subscription, BATCH, empty < QUIET_AFTER ? POLL_TIMEOUT : QUIET_POLL_TIMEOUT);
                empty = messages.isEmpty() ? empty + 1 : 0;
                for (ReceivedMessage message : messages) {
                    // Forgotten first: a command that breaks its worker must not be redelivered and break it again.
                    broker.settle(List.of(new Settlement.Ack(message.receipt(), null)));
                    handle(message);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("Cannot receive control commands: {}", e.getMessage());
                pause();
            }
        }
    }

    private void pause() {
        try {
            stop.await(PAUSE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handle(ReceivedMessage message) {
        if (!(message instanceof ReceivedMessage.Delivery delivery)) {
            refused.accept("", "malformed");
            return;
        }
        switch (verifier.check(delivery)) {
            case CommandVerifier.Verdict.Refused refuse ->
                refused.accept(delivery.message().envelope().id(), refuse.reason());
            case CommandVerifier.Verdict.NotForUs _ -> LOG.trace("A command for others.");
            case CommandVerifier.Verdict.Accepted command -> answer(command.command());
        }
    }

    private void answer(ControlCommand command) {
        ControlReply reply;
        ObjectNode nothing = JsonNodeFactory.instance.objectNode();
        try {
            reply = new ControlReply(command.requestId(), worker, true, execute.apply(command), null, false);
        } catch (IllegalArgumentException e) {
            reply = new ControlReply(
                    command.requestId(), worker, false, nothing, String.valueOf(e.getMessage()), false);
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("The command of request {} failed.", command.requestId(), e);
            reply = new ControlReply(command.requestId(), worker, false, nothing, "the command failed", false);
        }
        // Nobody reads it any more, and nobody would delete its queue.
        if (command.expiresAt().isAfter(clock.instant())) {
            String queue = ControlCodec.replyQueue(namespace, command.requestId());
            var envelope = signing.signIfAble(ControlCodec.envelope(reply, queue, clock));
            broker.publish(List.of(new Publication(Message.fresh(envelope), queue, 0, null, false)));
        }
    }
}
