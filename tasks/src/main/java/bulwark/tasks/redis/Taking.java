package bulwark.tasks.redis;

import bulwark.tasks.broker.Arrival;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.envelope.EnvelopeText;
import bulwark.tasks.envelope.EnvelopeWeight;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Takes what is due, and waits at the server when nothing is. Thread-safe. */
final class Taking {
    /** Others may delay a message to a moment before the soonest we know of, so that is looked at so often. */
    private static final long LONGEST_WAIT_MILLIS = 100;

    private static final int MOST_MALFORMED_FIELDS = 40;
    private static final int MOST_MALFORMED_TEXT = 2_000;

    private final Lines lines;
    private final Keys keys;
    private final Clock clock;
    private final Entering entering;
    private final int maxEnvelopeBytes;
    private final Cache<Subscription, Taker> takers = Caffeine.newBuilder()
            .expireAfterAccess(Duration.ofMinutes(30))
            .maximumSize(10_000)
            .build();

    Taking(Lines lines, Keys keys, Clock clock, Entering entering, int maxEnvelopeBytes) {
        this.lines = lines;
        this.keys = keys;
        this.clock = clock;
        this.entering = entering;
        this.maxEnvelopeBytes = maxEnvelopeBytes;
    }

    List<Arrival> take(Subscription subscription, TakeLimits limits, Duration wait) throws InterruptedException {
        try {
            return lines.closed() ? List.of() : taken(subscription, limits, wait);
        } catch (BrokerUnavailable e) {
            // To interrupt a virtual thread closes the socket that it reads from.
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (lines.closed()) {
                return List.of();
            }
            throw e;
        }
    }

    private List<Arrival> taken(Subscription subscription, TakeLimits limits, Duration wait)
            throws InterruptedException {
        int max = limits.maxEntries();
        Taker taker = takers.get(subscription, fresh -> new Taker(fresh, Source.of(fresh, keys), System::nanoTime));
        if (max == 0) {
            lines.with(line -> look(line, taker, limits, true));
            return List.of();
        }
        long end = System.nanoTime() + wait.toNanos();
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            List<Arrival> expired = expired(taker, limits);
            if (!expired.isEmpty()) {
                return expired;
            }
            Found found = lines.with(line -> lookFast(line, taker, limits));
            if (!found.arrivals.isEmpty()) {
                return taken(taker, found.arrivals);
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return List.of();
            }
            if (!found.moved) {
                List<Arrival> awaited = await(taker, found, limits.unread(), Math.min(left, LONGEST_WAIT_MILLIS));
                if (!awaited.isEmpty()) {
                    return taken(taker, awaited);
                }
            }
        }
    }

    private List<Arrival> taken(Taker taker, List<Arrival> arrivals) {
        if (taker.took(arrivals.size())) {
            lines.with(line -> {
                Housekeeping.trim(line, taker.sources());
                return taker.tidyDue() ? Housekeeping.tidy(line, taker.sources()) : null;
            });
        }
        return arrivals;
    }

    /** @param soonest milliseconds since 1970 at which the next delayed message is due, or null */
    private record Found(
            List<Arrival> arrivals, boolean moved, @Nullable Long soonest, List<String> lasts) {}

    /** The stream where most is waiting, that of the last queue without a priority, is read by a plain command: a script would copy each text twice. */
    private Found lookFast(Line line, Taker taker, TakeLimits limits) {
        int max = limits.maxEntries();
        Source last = taker.sources().getLast();
        Found found = look(line, taker, limits, last.again());
        int left = max - found.arrivals.size();
        if (left <= 0 || last.again()) {
            return found;
        }
        try {
            found.arrivals.addAll(arrivals(
                    taker,
                    limits.unread(),
                    line.call(
                            Command.XREADGROUP,
                            "GROUP",
                            last.group(),
                            taker.consumer(),
                            "COUNT",
                            left,
                            "STREAMS",
                            last.base(),
                            ">")));
            return found;
        } catch (JedisConnectionException e) {
            throw e;
        } catch (JedisDataException missing) {
            // No such stream or group: the script makes them, or says what is wrong.
            Found whole = look(line, taker, new TakeLimits(left, limits.suspects(), limits.unread()), true);
            whole.arrivals.addAll(0, found.arrivals);
            return whole;
        }
    }

    private Found look(Line line, Taker taker, TakeLimits limits, boolean all) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(clock.millis());
        arguments.add(taker.consumer());
        arguments.add(limits.maxEntries());
        arguments.add(all ? "1" : "0");
        arguments.add(taker.sources().size());
        for (Source source : taker.sources()) {
            arguments.add(source.group());
            arguments.add(source.start());
            arguments.add(source.again() ? "0" : "1");
            arguments.add(source.delayed());
            arguments.add(source.expiry());
            arguments.add(source.streams().size());
            arguments.addAll(source.streams());
        }
        List<@Nullable Object> reply = Reply.list(line.run(Script.TAKE, arguments));
        String soonest = Reply.text(reply.get(0));
        for (Object due : Reply.list(reply.get(1))) {
            move(line, taker, Reply.texts(due));
        }
        return new Found(
                arrivals(taker, limits.unread(), reply.get(2)),
                !Reply.list(reply.get(1)).isEmpty(),
                soonest.isEmpty() ? null : (long) Double.parseDouble(soonest),
                Reply.texts(reply.get(3)));
    }

    /** The texts are written here: a script that parsed and wrote JSON would change numbers that are signed. */
    private void move(Line line, Taker taker, List<String> keyAndMembers) {
        String delayed = keyAndMembers.getFirst();
        taker.sources().stream()
                .filter(source -> source.delayed().equals(delayed))
                .findFirst()
                .ifPresent(source -> line.run(
                        Script.MOVE,
                        entering.moving(delayed, source.base(), keyAndMembers.subList(1, keyAndMembers.size()))));
    }

    private List<Arrival> arrivals(Taker taker, boolean unread, @Nullable Object streams) {
        List<Arrival> arrivals = new ArrayList<>();
        for (Object each : Reply.list(streams)) {
            List<@Nullable Object> stream = Reply.list(each);
            String name = Reply.text(stream.get(0));
            Source source = taker.source(name);
            for (Object entry : Reply.list(stream.get(1))) {
                List<@Nullable Object> idAndFields = Reply.list(entry);
                if (source != null && idAndFields.size() == 2) {
                    arrivals.add(arrival(
                            taker,
                            source,
                            name,
                            Reply.text(idAndFields.get(0)),
                            1,
                            Reply.fields(idAndFields.get(1)),
                            List.of(),
                            unread));
                }
            }
        }
        return arrivals;
    }

    private Arrival arrival(
            Taker taker,
            Source source,
            String stream,
            String id,
            long delivery,
            Map<String, String> fields,
            List<HolderDeath> deaths,
            boolean mayStayUnread) {
        Receipt receipt = new Receipt(stream, source.group(), taker.consumer(), id, delivery);
        if (mayStayUnread && !source.broadcast()) {
            long weight = 0;
            long characters = 0;
            for (String value : fields.values()) {
                weight += EnvelopeWeight.of(value);
                characters += value.length();
            }
            if (weight > EnvelopeWeight.LIGHT) {
                return new Arrival.Unread(
                        receipt, source.name(), deaths, characters, weight, text(receipt, source, fields, deaths));
            }
        }
        return read(receipt, source, fields, deaths);
    }

    private Arrival.Unread.Text text(
            Receipt receipt, Source source, Map<String, String> fields, List<HolderDeath> deaths) {
        return new Arrival.Unread.Text() {
            @Override
            public Arrival read() {
                return Taking.this.read(receipt, source, fields, deaths);
            }

            @Override
            public Arrival.Malformed refuse(String reason) {
                return new Arrival.Malformed(receipt, source.name(), cut(fields), reason);
            }
        };
    }

    private Arrival read(Receipt receipt, Source source, Map<String, String> fields, List<HolderDeath> deaths) {
        try {
            return new Arrival.Delivery(
                    receipt,
                    source.name(),
                    EnvelopeText.ofFields(fields, maxEnvelopeBytes),
                    source.broadcast(),
                    deaths);
        } catch (EnvelopeRefused e) {
            return new Arrival.Malformed(receipt, source.name(), cut(fields), String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, String> cut(Map<String, String> fields) {
        Map<String, String> some = new LinkedHashMap<>();
        for (var field : fields.entrySet()) {
            if (some.size() == MOST_MALFORMED_FIELDS) {
                break;
            }
            some.put(cut(field.getKey()), cut(field.getValue()));
        }
        return some;
    }

    private static String cut(String text) {
        return text.length() <= MOST_MALFORMED_TEXT ? text : text.substring(0, MOST_MALFORMED_TEXT) + "…";
    }

    /** Entries whose holders were silent for a lease; now and then, since it costs a look at all that is held. */
    private List<Arrival> expired(Taker taker, TakeLimits limits) {
        if (!taker.reclaimDue()) {
            return List.of();
        }
        List<Object> arguments = new ArrayList<>();
        arguments.add(taker.consumer());
        arguments.add(taker.leaseMillis());
        arguments.add(limits.maxEntries());
        arguments.add(limits.suspects() ? "1" : "0");
        arguments.add(TakeLimits.SUSPECT_AFTER);
        arguments.add(clock.millis());
        arguments.add(maxEnvelopeBytes);
        taker.addCursors(arguments);
        List<@Nullable Object> reply = Reply.list(lines.run(Script.RECLAIM, arguments));
        taker.reclaimed(Reply.texts(reply.get(0)));
        List<Arrival> arrivals = new ArrayList<>();
        for (Object each : Reply.list(reply.get(1))) {
            List<@Nullable Object> entry = Reply.list(each);
            String stream = Reply.text(entry.get(0));
            Source source = taker.source(stream);
            if (source != null) {
                arrivals.add(arrival(
                        taker,
                        source,
                        stream,
                        Reply.text(entry.get(2)),
                        Reply.number(entry.get(3)),
                        Reply.fields(entry.get(4)),
                        HolderDeath.parse(Reply.text(entry.get(5))),
                        limits.unread()));
            }
        }
        return arrivals;
    }

    private List<Arrival> await(Taker taker, Found found, boolean unread, long longest) {
        long millis = found.soonest == null ? longest : Math.min(longest, found.soonest - clock.millis());
        if (millis <= 0) {
            return List.of();
        }
        CommandArguments waiting = taker.sources().size() == 1 ? group(taker, millis) : any(taker, found.lasts, millis);
        boolean takes = taker.sources().size() == 1;
        return lines.apart(line -> {
            try {
                Object reply = line.waiting(millis, waiting);
                return takes ? arrivals(taker, unread, reply) : List.of();
            } catch (JedisConnectionException e) {
                throw e;
            } catch (JedisDataException e) {
                // A stream or group was removed while we waited: the next look makes it again, or says what is wrong.
                return List.of();
            }
        });
    }

    private static CommandArguments group(Taker taker, long millis) {
        Source source = taker.sources().getFirst();
        CommandArguments command = Line.command(
                Command.XREADGROUP,
                List.of("GROUP", source.group(), taker.consumer(), "COUNT", 1, "BLOCK", millis, "STREAMS"));
        source.streams().forEach(command::add);
        source.streams().forEach(ignored -> command.add(">"));
        return command;
    }

    /** Groups differ, so this only tells that something came; whoever looks first takes it. */
    private static CommandArguments any(Taker taker, List<String> lasts, long millis) {
        CommandArguments command = Line.command(Command.XREAD, List.of("COUNT", 1, "BLOCK", millis, "STREAMS"));
        taker.sources().forEach(source -> source.streams().forEach(command::add));
        lasts.forEach(command::add);
        return command;
    }

    /** What this process made for its own consumers only. */
    void forget() {
        for (Subscription subscription : takers.asMap().keySet()) {
            for (Source source : Source.of(subscription, keys)) {
                if (source.broadcast()) {
                    lines.with(line -> source.again()
                            ? line.call(Command.DEL, source.base(), source.delayed())
                            : line.call(Command.XGROUP, "DESTROY", source.base(), source.group()));
                }
            }
        }
    }
}
