package bulwark.tasks.redis;

import bulwark.tasks.broker.Arrival;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.Outgoing;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Start;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.StatusText;
import bulwark.tasks.stores.StatusRules;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/** Queues as Redis streams. */
final class RedisBroker implements Broker {
    private static final int SENT_AT_ONCE = 2_000;
    private static final int BROADCASTS_KEPT = 4_096;

    private final Lines lines;
    private final Keys keys;
    private final Clock clock;
    private final Entering entering;
    private final Leases leases;
    private final Taking taking;
    private final Settling settling;
    private final DeadLetters dead;
    private final Queues queues;

    RedisBroker(Lines lines, Keys keys, Clock clock, Duration retention, int maxEnvelopeBytes) {
        this.lines = lines;
        this.keys = keys;
        this.clock = clock;
        entering = new Entering(keys, maxEnvelopeBytes);
        leases = new Leases(lines);
        taking = new Taking(lines, keys, clock, entering, maxEnvelopeBytes);
        settling = new Settling(lines, keys, clock, entering, leases, retention);
        dead = new DeadLetters(lines, keys, clock, entering, retention);
        queues = new Queues(lines, keys, clock);
    }

    @Override
    public void publish(List<Outgoing> messages) {
        publication(messages).run();
    }

    @Override
    public Runnable publication(List<Outgoing> messages) {
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
        lines.with(line -> {
            for (Object answer : line.pipeline(commands)) {
                if (answer instanceof JedisDataException refused) {
                    throw refused;
                }
            }
            return commands;
        });
    }

    /** The status first: a worker may take the entry before the next command is read. */
    private void addCommands(List<CommandArguments> commands, Outgoing out, Instant now) {
        if (out.recordQueued()) {
            commands.add(Line.command(
                    Command.SET,
                    keys.resultPrefix() + out.message().envelope().id(),
                    StatusText.write(StatusRules.queued(out, now)),
                    "NX",
                    "PX",
                    StatusArguments.millis(StatusRules.queuedRetention(out, now))));
        }
        commands.add(entering.command(out.queue(), out.message(), out.priority(), out.notBefore(), now));
    }

    @Override
    public boolean publishOnce(String identity, Duration remembered, Outgoing out) {
        Instant now = clock.instant();
        List<Object> arguments = new ArrayList<>();
        arguments.add(keys.resultPrefix());
        arguments.add(keys.eventsPrefix());
        arguments.add(keys.fired(identity));
        arguments.add(StatusArguments.millis(remembered));
        if (out.recordQueued()) {
            StatusArguments.add(
                    arguments,
                    StatusArguments.Mode.ABSENT,
                    StatusRules.queued(out, now),
                    StatusRules.queuedRetention(out, now));
        } else {
            StatusArguments.none(arguments);
        }
        entering.add(arguments, out.queue(), out.message(), out.priority(), out.notBefore(), now);
        return Reply.number(lines.run(Script.PUBLISH_ONCE, arguments)) == 1;
    }

    @Override
    public void broadcast(String channel, Envelope envelope) {
        CommandArguments command =
                Line.command(Command.XADD, List.of(keys.broadcast(channel), "MAXLEN", "~", BROADCASTS_KEPT, "*"));
        entering.addFields(command, Message.fresh(envelope));
        command.add("delivery").add("at-least-once");
        lines.with(line -> line.call(command));
    }

    @Override
    public List<Arrival> take(Subscription subscription, TakeLimits limits, Duration wait) throws InterruptedException {
        leases.known(subscription);
        return taking.take(subscription, limits, wait);
    }

    @Override
    public List<Start.Verdict> begin(List<Start> starts) {
        return settling.begin(starts);
    }

    @Override
    public List<Receipt> renew(Collection<Receipt> receipts, Duration lease) {
        return leases.renew(receipts, lease);
    }

    @Override
    public List<Boolean> settle(List<Settlement> settlements) {
        return settling.settle(settlements);
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
    public DeadLetter.Page deadLetters(String queue, int offset, int limit, @Nullable Instant since) {
        return dead.page(queue, offset, limit, since);
    }

    @Override
    public Optional<DeadLetter> deadLetter(String queue, String taskId) {
        return dead.one(queue, taskId);
    }

    @Override
    public List<DeadLetter> replay(String queue, DeadLetter.Replay request, UnaryOperator<Message> prepare) {
        return dead.replay(queue, request, prepare);
    }

    @Override
    public int purgeDeadLetters(String queue, @Nullable Integer limit, @Nullable Instant since) {
        return dead.purge(queue, limit, since);
    }

    @Override
    public void purge(String queue) {
        queues.remove(queue);
    }

    @Override
    public void delete(String queue) {
        queues.remove(queue);
    }

    @Override
    public void probe() {
        lines.call(Command.PING);
    }

    @Override
    public List<Risk> risks() {
        return Risks.of(lines);
    }

    void close() {
        leases.close();
        taking.forget();
    }
}
