package bulwark.tasks.redis;

import bulwark.kernel.error.PrintableText;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleHash;
import bulwark.tasks.schedule.ScheduleRefused;
import bulwark.tasks.schedule.ScheduleStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/**
 * Schedules as hashes, and an index of them by next run. What will not run stands in the index at infinity: it is listed, by readers of the original form too, and starves
 * nobody. Whatever cannot be read is passed over.
 */
final class RedisSchedules implements ScheduleStore {
    private static final Logger LOG = LoggerFactory.getLogger(RedisSchedules.class);
    private static final String NEVER = "+inf";
    private static final int PAGE = 100;
    private static final int MAX_SHOWN = 128;
    private static final int HISTORY = 1_000;
    private static final Comparator<ScheduleEntry> BY_NEXT_RUN = Comparator.comparing(
                    (ScheduleEntry entry) -> entry.run().nextRunAt(), Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(ScheduleEntry::id);

    private final RedisConnectionPool connections;
    private final RedisKeys keys;
    private final Set<String> reported = ConcurrentHashMap.newKeySet();

    RedisSchedules(RedisConnectionPool connections, RedisKeys keys) {
        this.connections = connections;
        this.keys = keys;
    }

    @Override
    public List<ScheduleEntry> list() {
        List<String> ids = RedisReply.texts(connections.call(Command.ZRANGE, keys.scheduleIndex(), 0, -1));
        return read(ids).stream().sorted(BY_NEXT_RUN).toList();
    }

    @Override
    public Optional<ScheduleEntry> get(String id) {
        return read(List.of(id)).stream().findFirst();
    }

    private List<ScheduleEntry> read(List<String> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        List<CommandArguments> commands = ids.stream()
                .map(id -> RedisConnection.command(Command.HGETALL, keys.schedule(id)))
                .toList();
        List<@Nullable Object> replies = connections.execute(connection -> connection.pipeline(commands));
        List<ScheduleEntry> entries = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            Map<String, String> fields = RedisReply.fields(replies.get(i));
            try {
                if (!fields.isEmpty()) {
                    entries.add(ScheduleHash.parse(ids.get(i), fields));
                }
            } catch (ScheduleRefused unreadable) {
                // One bad schedule must not hide the others, and is said once, not at every look.
                if (reported.size() < PAGE && reported.add(ids.get(i))) {
                    LOG.warn("Schedule {} cannot be read and never runs", PrintableText.of(ids.get(i), MAX_SHOWN));
                }
            }
        }
        return entries;
    }

    @Override
    public ScheduleEntry put(ScheduleEntry entry) {
        ScheduleEntry stored = withVersion(entry, entry.version() + 1);
        List<Object> arguments = new ArrayList<>();
        arguments.add(keys.schedule(entry.id()));
        arguments.add(keys.scheduleIndex());
        arguments.add(keys.schedule(entry.id()) + ":lock");
        arguments.add(entry.id());
        arguments.add(entry.version());
        arguments.add(score(entry));
        ScheduleHash.of(stored).forEach((name, value) -> {
            arguments.add(name);
            arguments.add(value);
        });
        long there = RedisReply.number(connections.run(Script.SCHEDULE_PUT, arguments));
        if (there >= 0) {
            throw new VersionConflict(entry.id(), entry.version(), there);
        }
        return stored;
    }

    private static String score(ScheduleEntry entry) {
        Instant next = entry.run().nextRunAt();
        return next == null || !entry.enabled() || expired(entry, next) ? NEVER : String.valueOf(next.toEpochMilli());
    }

    private static boolean expired(ScheduleEntry entry, Instant at) {
        Instant end = entry.expireAt();
        return end != null && !end.isAfter(at);
    }

    private static ScheduleEntry withVersion(ScheduleEntry entry, long version) {
        return new ScheduleEntry(
                entry.id(),
                entry.taskName(),
                entry.queue(),
                entry.spec(),
                entry.args(),
                entry.kwargs(),
                entry.meta(),
                entry.enabled(),
                entry.jitter(),
                entry.timezone(),
                entry.expireAt(),
                entry.run(),
                version);
    }

    /** Entries that another program left in the index although they will not run are put where they starve nobody. */
    @Override
    public List<ScheduleEntry> due(Instant now, int limit) {
        List<ScheduleEntry> due = new ArrayList<>();
        for (int from = 0; due.size() < limit; ) {
            List<String> ids = RedisReply.texts(connections.call(
                    Command.ZRANGEBYSCORE, keys.scheduleIndex(), "-inf", now.toEpochMilli(), "LIMIT", from, PAGE));
            for (ScheduleEntry entry : read(ids)) {
                Instant next = entry.run().nextRunAt();
                if (next == null || !entry.enabled() || expired(entry, now)) {
                    connections.call(Command.ZADD, keys.scheduleIndex(), "XX", NEVER, entry.id());
                    from--;
                } else if (!next.isAfter(now) && due.size() < limit) {
                    due.add(entry);
                }
            }
            if (ids.size() < PAGE) {
                break;
            }
            from += PAGE;
        }
        return due;
    }

    @Override
    public void remove(String id) {
        String key = keys.schedule(id);
        connections.execute(connection -> connection.pipeline(List.of(
                RedisConnection.command(Command.MULTI),
                RedisConnection.command(Command.DEL, key, key + ":lock", key + ":history"),
                RedisConnection.command(Command.ZREM, keys.scheduleIndex(), id),
                RedisConnection.command(Command.EXEC))));
    }

    @Override
    public void record(String id, Fired fired) {
        connections.call(
                Command.XADD,
                keys.schedule(id) + ":history",
                "MAXLEN",
                "~",
                HISTORY,
                "*",
                "scheduledAt",
                DartTimestamps.of(fired.scheduledAt()),
                "executedAt",
                DartTimestamps.of(fired.executedAt()),
                "success",
                String.valueOf(fired.success()),
                "durationMs",
                fired.durationMs(),
                "error",
                fired.error() == null ? "" : fired.error());
    }

    @Override
    public List<Fired> history(String id, int limit) {
        List<Fired> fired = new ArrayList<>();
        for (Object entry : RedisReply.list(
                connections.call(Command.XREVRANGE, keys.schedule(id) + ":history", "+", "-", "COUNT", limit))) {
            Map<String, String> fields =
                    RedisReply.fields(RedisReply.list(entry).get(1));
            Optional<Instant> scheduled = DartTimestamps.parse(fields.getOrDefault("scheduledAt", ""));
            Optional<Instant> executed = DartTimestamps.parse(fields.getOrDefault("executedAt", ""));
            if (scheduled.isPresent() && executed.isPresent()) {
                String error = fields.getOrDefault("error", "");
                fired.add(new Fired(
                        scheduled.get(),
                        executed.get(),
                        "true".equals(fields.get("success")),
                        duration(fields.getOrDefault("durationMs", "")),
                        error.isEmpty() ? null : error));
            }
        }
        return fired;
    }

    private static long duration(String text) {
        return text.matches("[0-9]{1,15}") ? Long.parseLong(text) : 0;
    }

    @Override
    public Optional<Instant> nextDue() {
        List<String> first = RedisReply.texts(connections.call(
                Command.ZRANGEBYSCORE, keys.scheduleIndex(), "-inf", "(+inf", "WITHSCORES", "LIMIT", 0, 1));
        return first.size() < 2
                ? Optional.empty()
                : Optional.of(Instant.ofEpochMilli((long) Double.parseDouble(first.get(1))));
    }
}
