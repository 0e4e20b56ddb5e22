package bulwark.tasks.redis;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.DeadLetterStore;
import bulwark.tasks.broker.LimitedStart;
import bulwark.tasks.broker.Publication;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.RunStart;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import bulwark.tasks.broker.UniqueLock;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.TaskStatusJson;
import bulwark.tasks.store.StatusTransitions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/** Queues as Redis streams. */
final class RedisBroker implements Broker {
    private static final int SENT_AT_ONCE = 2_000;
    private static final int BROADCASTS_KEPT = 4_096;
    private static final int WRITE_CHECK_MILLIS = 60_000;

    private final RedisConnectionPool connections;
    private final RedisKeys keys;
    private final Clock clock;
    private final Duration retention;
    private final EntryWriter entryWriter;
    private final Leases leases;
    private final StreamConsumer consumer;
    private final SettlementScripts settlement;
    private final RedisDeadLetters deadLetters;
    private final QueueInspector queues;

    RedisBroker(
            RedisConnectionPool connections,
            RedisKeys keys,
            Clock clock,
            Duration retention,
            int maxEnvelopeBytes,
            int longestText) {
        this.connections = connections;
        this.keys = keys;
        this.clock = clock;
        this.retention = retention;
        entryWriter = new EntryWriter(keys, maxEnvelopeBytes);
        AtomicLong delayedBroadcasts = new AtomicLong();
        leases = new Leases(connections);
        consumer = new StreamConsumer(
                connections, keys, clock, entryWriter, maxEnvelopeBytes, longestText, delayedBroadcasts);
        settlement = new SettlementScripts(connections, keys, clock, entryWriter, leases, retention, delayedBroadcasts);
        deadLetters = new RedisDeadLetters(connections, keys, clock, entryWriter, retention);
        queues = new QueueInspector(connections, keys, clock);
    }

    @Override
    public Runnable publication(List<Publication> messages) {
        List<CommandArguments> commands = new ArrayList<>(2 * messages.size());
        Instant now = clock.instant();
        messages.forEach(each -> addCommands(commands, each, now));
        return () -> {
            for (int from = 0; from < commands.size(); from += SENT_AT_ONCE) {
                send(commands.subList(from, Math.min(commands.size(), from + SENT_AT_ONCE)));
            }
        };
    }

    private void send(List<CommandArguments> commands) {
        connections.execute(connection -> {
            for (Object answer : connection.pipeline(commands)) {
                if (answer instanceof JedisDataException refused) {
                    throw refused;
                }
            }
            return commands;
        });
    }

    /** The status first: a worker may take the entry before the next command is read. */
    private void addCommands(List<CommandArguments> commands, Publication out, Instant now) {
        if (out.recordQueued()) {
            commands.add(RedisConnection.command(
                    Command.SET,
                    keys.resultPrefix() + out.message().envelope().id(),
                    TaskStatusJson.write(StatusTransitions.queued(out, now)),
                    "NX",
                    "PX",
                    StatusArguments.millis(StatusTransitions.queuedRetention(out, now, retention))));
        }
        commands.add(entryWriter.command(out.queue(), out.message(), out.priority(), out.notBefore(), now));
    }

    @Override
    public boolean publishOnce(String identity, Duration remembered, Publication out) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(keys.resultPrefix());
        arguments.add(keys.eventsPrefix());
        arguments.add(keys.fired(identity));
        arguments.add(StatusArguments.millis(remembered));
        addPublication(arguments, out);
        return RedisReply.number(connections.run(Script.PUBLISH_ONCE, arguments)) == 1;
    }

    @Override
    public String publishUnique(UniqueLock lock, Publication out) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(keys.resultPrefix());
        arguments.add(keys.eventsPrefix());
        arguments.add(keys.lock(lock.key()));
        arguments.add(out.message().envelope().id());
        arguments.add(StatusArguments.millis(lock.held()));
        addPublication(arguments, out);
        return RedisReply.text(connections.run(Script.PUBLISH_UNIQUE, arguments));
    }

    private void addPublication(List<Object> arguments, Publication out) {
        entryWriter.refuseLonger(out.message());
        Instant now = clock.instant();
        if (out.recordQueued()) {
            StatusArguments.add(
                    arguments,
                    StatusArguments.Mode.ABSENT,
                    StatusTransitions.queued(out, now),
                    StatusTransitions.queuedRetention(out, now, retention));
        } else {
            StatusArguments.none(arguments);
        }
        entryWriter.add(arguments, out.queue(), out.message(), out.priority(), out.notBefore(), now);
    }

    @Override
    public void broadcast(String channel, Envelope envelope) {
        CommandArguments command = RedisConnection.command(
                Command.XADD, List.of(keys.broadcast(channel), "MAXLEN", "~", BROADCASTS_KEPT, "*"));
        entryWriter.addFields(command, Message.fresh(envelope));
        command.add("delivery").add("at-least-once");
        connections.execute(connection -> connection.call(command));
    }

    @Override
    public List<ReceivedMessage> receive(Subscription subscription, TakeLimits limits, Duration wait)
            throws InterruptedException {
        leases.register(subscription);
        return consumer.receive(subscription, limits, wait);
    }

    @Override
    public List<LimitedStart.LimitDecision> limit(List<LimitedStart> starts) {
        return settlement.limit(starts);
    }

    @Override
    public List<RunStart.StartDecision> begin(List<RunStart> starts) {
        return settlement.begin(starts);
    }

    @Override
    public List<Receipt> renew(Collection<Receipt> receipts, Duration lease) {
        return leases.renew(receipts, lease);
    }

    @Override
    public List<Boolean> settle(List<Settlement> settlements) {
        return settlement.settle(settlements);
    }

    @Override
    public QueueCounts counts(String queue) {
        return queues.counts(queue);
    }

    @Override
    public List<String> queues() {
        return queues.names();
    }

    @Override
    public DeadLetterStore deadLetters() {
        return deadLetters;
    }

    @Override
    public void purge(String queue) {
        queues.remove(queue);
    }

    @Override
    public void delete(String queue) {
        queues.remove(queue);
    }

    /** A read-only replica answers reads, and so does a server whose memory is full. */
    @Override
    public void checkWritable() {
        connections.call(Command.SET, keys.writeCheck(), "1", "PX", WRITE_CHECK_MILLIS);
    }

    @Override
    public void ping() {
        connections.call(Command.PING);
    }

    @Override
    public List<DurabilityWarning> durabilityWarnings() {
        return DurabilityCheck.of(connections);
    }

    void close() {
        leases.close();
        consumer.discard();
    }
}
