package bulwark.tasks.redis;

import bulwark.kernel.resp.ReplyTooLong;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Receives due messages, and blocks at the server when there are none. Thread-safe. */
final class StreamConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(StreamConsumer.class);
    /** Others may delay a message to a moment before the soonest we know of, so that is looked at so often. */
    private static final long MAX_POLL_TIMEOUT_MILLIS = 200;

    private final RedisConnectionPool connections;
    private final RedisKeys keys;
    private final Clock clock;
    private final EntryWriter entryWriter;
    private final EntryReader reader;
    private final int maxEnvelopeBytes;
    private final int longestText;
    /** How many broadcasts this process has delayed. */
    private final AtomicLong ownDelays;

    private final Cache<Subscription, SubscriptionState> subscriptions = Caffeine.newBuilder()
            .expireAfterAccess(Duration.ofMinutes(30))
            .maximumSize(10_000)
            .build();

    StreamConsumer(
            RedisConnectionPool connections,
            RedisKeys keys,
            Clock clock,
            EntryWriter entryWriter,
            int maxEnvelopeBytes,
            int longestText,
            AtomicLong ownDelays) {
        this.longestText = longestText;
        this.ownDelays = ownDelays;
        this.connections = connections;
        this.keys = keys;
        this.clock = clock;
        this.entryWriter = entryWriter;
        this.maxEnvelopeBytes = maxEnvelopeBytes;
        this.reader = new EntryReader(maxEnvelopeBytes);
    }

    List<ReceivedMessage> receive(Subscription subscription, TakeLimits limits, Duration wait)
            throws InterruptedException {
        SubscriptionState state = subscriptions.get(
                subscription, fresh -> new SubscriptionState(fresh, StreamSource.of(fresh, keys), System::nanoTime));
        try {
            return connections.closed() ? List.of() : received(state, state.bounded(limits), wait);
        } catch (BrokerUnavailable e) {
            state.waited(false);
            if (ReplyTooLong.caused(e)) {
                state.overran();
                LOG.warn(
                        "Entries that are too long to be read together wait for their lease, then come in smaller parts:"
                                + " they were planted, or are longer than STEM_MAX_ENVELOPE_BYTES.");
                return List.of();
            }
            // To interrupt a virtual thread closes the socket that it reads from.
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (connections.closed()) {
                return List.of();
            }
            throw e;
        }
    }

    /** One entry may be cut, and the others are as long as an envelope may be. */
    private long maxBytes(TakeLimits limits) {
        return longestText + (long) Math.max(1, limits.maxEntries()) * maxEnvelopeBytes;
    }

    private List<ReceivedMessage> received(SubscriptionState state, TakeLimits limits, Duration wait)
            throws InterruptedException {
        int max = limits.maxEntries();
        if (max == 0) {
            connections.execute(connection -> poll(connection, state, limits, Scope.ALL));
            return List.of();
        }
        long end = System.nanoTime() + wait.toNanos();
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            List<ReceivedMessage> expired = reclaimExpired(state, limits);
            if (!expired.isEmpty()) {
                return expired;
            }
            PollResult found = look(state, limits);
            if (!found.messages.isEmpty()) {
                return received(state, found.messages);
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return List.of();
            }
            if (found.moved) {
                state.waited(false);
            } else {
                List<ReceivedMessage> awaited =
                        await(state, found, limits, Math.min(left, state.maxWaitMillis(MAX_POLL_TIMEOUT_MILLIS)));
                if (!awaited.isEmpty()) {
                    return received(state, awaited);
                }
            }
        }
    }

    /** While nothing came and nothing is due, what the last look found still holds. */
    private PollResult look(SubscriptionState state, TakeLimits limits) {
        boolean quiet = state.quiet();
        long delays = ownDelays.get();
        Long soonest = quiet ? state.soonest(clock.millis(), MAX_POLL_TIMEOUT_MILLIS, delays) : null;
        if (soonest != null) {
            return new PollResult(List.of(), false, soonest, List.of());
        }
        PollResult found = connections.execute(connection -> connection.within(
                maxBytes(limits),
                () -> quiet
                        ? poll(connection, state, limits, Scope.DUE)
                        : pollWithoutReclaim(connection, state, limits)));
        state.looked(found.soonest == null ? Long.MAX_VALUE : found.soonest, delays);
        return found;
    }

    private List<ReceivedMessage> received(SubscriptionState state, List<ReceivedMessage> messages) {
        if (state.received(messages)) {
            Set<String> used = state.used();
            connections.execute(connection -> {
                StreamPruner.trim(connection, state.sources(), used);
                return state.tidyDue() ? StreamPruner.tidy(connection, state.sources()) : null;
            });
        }
        return messages;
    }

    /** What a look reads: every stream, all but the last one, or nothing but what became due. */
    private enum Scope {
        ALL("all"),
        MOST("most"),
        DUE("due");

        private final String word;

        Scope(String word) {
            this.word = word;
        }
    }

    /** @param soonest milliseconds since 1970 at which the next message becomes due, or null */
    private record PollResult(
            List<ReceivedMessage> messages,
            boolean moved,
            @Nullable Long soonest,
            List<String> lasts) {}

    /** The stream where most is waiting, that of the last queue without a priority, is read by a plain command: a script would copy each text twice. */
    private PollResult pollWithoutReclaim(RedisConnection connection, SubscriptionState state, TakeLimits limits) {
        int max = limits.maxEntries();
        StreamSource last = state.sources().getLast();
        PollResult found = poll(connection, state, limits, last.isRedelivery() ? Scope.ALL : Scope.MOST);
        int left = max - found.messages.size();
        if (left <= 0 || last.isRedelivery()) {
            return found;
        }
        try {
            found.messages.addAll(reader.arrivals(
                    state,
                    limits.unread(),
                    connection.call(
                            Command.XREADGROUP,
                            "GROUP",
                            last.group(),
                            state.consumer(),
                            "COUNT",
                            left,
                            "STREAMS",
                            last.baseStream(),
                            ">")));
            return found;
        } catch (JedisConnectionException e) {
            throw e;
        } catch (JedisDataException missing) {
            // No such stream or group: the script makes them, or says what is wrong.
            PollResult whole =
                    poll(connection, state, new TakeLimits(left, limits.suspects(), limits.unread()), Scope.ALL);
            whole.messages.addAll(0, found.messages);
            return whole;
        }
    }

    private PollResult poll(RedisConnection connection, SubscriptionState state, TakeLimits limits, Scope scope) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(clock.millis());
        arguments.add(state.consumer());
        arguments.add(limits.maxEntries());
        arguments.add(scope.word);
        arguments.add(state.sources().size());
        for (StreamSource source : state.sources()) {
            arguments.add(source.group());
            arguments.add(source.start());
            arguments.add(source.isRedelivery() ? "0" : "1");
            arguments.add(source.delayedKey());
            StreamSource.BacklogKeys backlogs = source.backlogs();
            arguments.add(backlogs == null ? "" : backlogs.due());
            arguments.add(backlogs == null ? "" : backlogs.limits());
            arguments.add(backlogs == null ? "" : backlogs.prefix());
            arguments.add(source.expiry());
            arguments.add(source.streams().size());
            arguments.addAll(source.streams());
        }
        List<@Nullable Object> reply = RedisReply.list(connection.run(Script.TAKE, arguments));
        String soonest = RedisReply.text(reply.get(0));
        for (Object due : RedisReply.list(reply.get(1))) {
            move(connection, state, RedisReply.texts(due));
        }
        return new PollResult(
                reader.arrivals(state, limits.unread(), reply.get(2)),
                !RedisReply.list(reply.get(1)).isEmpty(),
                soonest.isEmpty() ? null : (long) Double.parseDouble(soonest),
                RedisReply.texts(reply.get(3)));
    }

    /** The texts are written here: a script that parsed and wrote JSON would change numbers that are signed. */
    private void move(RedisConnection connection, SubscriptionState state, List<String> keyAndMembers) {
        String delayed = keyAndMembers.getFirst();
        state.sources().stream()
                .filter(source -> source.delayedKey().equals(delayed))
                .findFirst()
                .ifPresent(source -> connection.run(
                        Script.MOVE,
                        entryWriter.moving(
                                delayed, source.baseStream(), keyAndMembers.subList(1, keyAndMembers.size()))));
    }

    /** Entries whose holders were silent for a lease; now and then, since it costs a look at all that is held. */
    private List<ReceivedMessage> reclaimExpired(SubscriptionState state, TakeLimits limits) {
        if (!state.reclaimDue()) {
            return List.of();
        }
        List<Object> arguments = new ArrayList<>();
        arguments.add(state.consumer());
        arguments.add(state.leaseMillis());
        arguments.add(limits.maxEntries());
        arguments.add(limits.suspects() ? "1" : "0");
        arguments.add(TakeLimits.SUSPECT_AFTER);
        arguments.add(clock.millis());
        arguments.add(maxEnvelopeBytes);
        arguments.add(HolderDeath.MAX_LINES_CHARS);
        arguments.add(HolderDeath.MAX_WORKER_CHARS);
        arguments.add((long) limits.maxEntries() * maxEnvelopeBytes);
        state.addCursors(arguments);
        List<@Nullable Object> reply = RedisReply.list(connections.execute(connection ->
                connection.within(2 * maxBytes(limits), () -> connection.run(Script.RECLAIM, arguments))));
        state.reclaimed(RedisReply.texts(reply.get(0)));
        List<ReceivedMessage> messages = new ArrayList<>();
        for (Object each : RedisReply.list(reply.get(1))) {
            List<@Nullable Object> entry = RedisReply.list(each);
            String stream = RedisReply.text(entry.get(0));
            StreamSource source = state.source(stream);
            if (source != null) {
                messages.add(reader.arrival(
                        state,
                        source,
                        stream,
                        RedisReply.text(entry.get(2)),
                        RedisReply.number(entry.get(3)),
                        RedisReply.fields(entry.get(4)),
                        HolderDeath.parse(RedisReply.text(entry.get(5))),
                        limits.unread()));
            }
        }
        return messages;
    }

    private List<ReceivedMessage> await(SubscriptionState state, PollResult found, TakeLimits limits, long longest) {
        long millis = found.soonest == null ? longest : Math.min(longest, found.soonest - clock.millis());
        if (millis <= 0) {
            return List.of();
        }
        boolean takes = state.sources().size() == 1;
        CommandArguments waiting = takes ? readGroup(state, millis) : readAny(state, state.lasts(found.lasts), millis);
        return connections.executeBlocking(connection -> {
            try {
                Object reply = connection.within(maxBytes(limits), () -> connection.callBlocking(millis, waiting));
                // Until something arrives a look need not read the streams again.
                state.waited(reply == null);
                return takes ? reader.arrivals(state, limits.unread(), reply) : List.of();
            } catch (JedisConnectionException e) {
                throw e;
            } catch (JedisDataException e) {
                // A stream or group was removed while we waited: the next look makes it again, or says what is wrong.
                state.waited(false);
                return List.of();
            }
        });
    }

    private static CommandArguments readGroup(SubscriptionState state, long millis) {
        StreamSource source = state.sources().getFirst();
        CommandArguments command = RedisConnection.command(
                Command.XREADGROUP,
                List.of("GROUP", source.group(), state.consumer(), "COUNT", 1, "BLOCK", millis, "STREAMS"));
        source.streams().forEach(command::add);
        source.streams().forEach(ignored -> command.add(">"));
        return command;
    }

    /** Groups differ, so this only signals that something arrived; the first poll receives it. */
    private static CommandArguments readAny(SubscriptionState state, List<String> lasts, long millis) {
        CommandArguments command =
                RedisConnection.command(Command.XREAD, List.of("COUNT", 1, "BLOCK", millis, "STREAMS"));
        state.sources().forEach(source -> source.streams().forEach(command::add));
        lasts.forEach(command::add);
        return command;
    }

    /** What this process made for its own consumers only. */
    void discard() {
        for (Subscription subscription : subscriptions.asMap().keySet()) {
            for (StreamSource source : StreamSource.of(subscription, keys)) {
                if (source.broadcast()) {
                    connections.execute(connection -> source.isRedelivery()
                            ? connection.call(Command.DEL, source.baseStream(), source.delayedKey())
                            : connection.call(Command.XGROUP, "DESTROY", source.baseStream(), source.group()));
                }
            }
        }
    }
}
