package bulwark.tasks.redis;

import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.DeadLetterStore;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.results.TaskStatusJson;
import bulwark.tasks.store.StatusTransitions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/** The dead letters of queues: lists with the newest at the head. Thread-safe. */
final class RedisDeadLetters implements DeadLetterStore {
    private static final int PAGE = 500;

    private final RedisConnectionPool connections;
    private final RedisKeys keys;
    private final Clock clock;
    private final EntryWriter entryWriter;
    private final Duration retention;

    RedisDeadLetters(
            RedisConnectionPool connections, RedisKeys keys, Clock clock, EntryWriter entryWriter, Duration retention) {
        this.connections = connections;
        this.keys = keys;
        this.clock = clock;
        this.entryWriter = entryWriter;
        this.retention = retention;
    }

    /** @param raw as it is stored, by which it is removed */
    private record Stored(String raw, DeadLetter deadLetter) {}

    @Override
    public DeadLetter.Page page(String queue, int offset, int limit, @Nullable Instant since) {
        List<DeadLetter> deadLetters = newestFirst(queue, since(since), (long) offset + limit).stream()
                .skip(offset)
                .map(Stored::deadLetter)
                .toList();
        return new DeadLetter.Page(deadLetters, deadLetters.size() == limit ? offset + limit : -1);
    }

    @Override
    public Optional<DeadLetter> one(String queue, DeadLetter.Name name) {
        return newestFirst(queue, name::fits, 1).stream()
                .map(Stored::deadLetter)
                .findFirst();
    }

    private static Predicate<DeadLetter> since(@Nullable Instant since) {
        return deadLetter -> since == null || !deadLetter.deadAt().isBefore(since);
    }

    private List<Stored> newestFirst(String queue, Predicate<DeadLetter> filter, long limit) {
        List<Stored> found = new ArrayList<>();
        for (long from = 0; ; from += PAGE) {
            List<String> raws = range(queue, from, from + PAGE - 1);
            for (String raw : raws) {
                DeadLetter deadLetter = DeadLetterJson.read(queue, raw);
                if (found.size() < limit && filter.test(deadLetter)) {
                    found.add(new Stored(raw, deadLetter));
                }
            }
            if (raws.size() < PAGE || found.size() >= limit) {
                return found;
            }
        }
    }

    /** From the tail, so that the whole list need not be read for its oldest few. */
    private List<Stored> oldestFirst(String queue, Predicate<DeadLetter> filter, long limit) {
        List<Stored> found = new ArrayList<>();
        for (long from = -1; ; from -= PAGE) {
            List<String> raws = range(queue, from - PAGE + 1, from);
            for (String raw : raws.reversed()) {
                DeadLetter deadLetter = DeadLetterJson.read(queue, raw);
                if (found.size() < limit && filter.test(deadLetter)) {
                    found.add(new Stored(raw, deadLetter));
                }
            }
            if (raws.size() < PAGE || found.size() >= limit) {
                return found;
            }
        }
    }

    private List<String> range(String queue, long from, long to) {
        return RedisReply.texts(connections.call(Command.LRANGE, keys.deadLetters(queue), from, to));
    }

    @Override
    public List<DeadLetter> replay(String queue, DeadLetter.Replay request, UnaryOperator<Message> prepare) {
        DeadLetter.Name only = request.only();
        Predicate<DeadLetter> wanted = only == null ? deadLetter -> deadLetter.message() != null : only::fits;
        List<Stored> candidates = oldestFirst(queue, since(request.since()).and(wanted), request.limit()).stream()
                .filter(stored -> stored.deadLetter.message() != null || DeadLetterJson.isWhole(stored.raw))
                .toList();
        if (request.dryRun()) {
            return candidates.stream().map(Stored::deadLetter).toList();
        }
        return candidates.stream()
                .filter(stored -> replayOne(queue, stored, request, prepare))
                .map(Stored::deadLetter)
                .toList();
    }

    private boolean replayOne(String queue, Stored stored, DeadLetter.Replay request, UnaryOperator<Message> prepare) {
        Message found = stored.deadLetter.message();
        Message message = found == null ? null : prepare.apply(found);
        String resultKey = keys.resultPrefix() + stored.deadLetter.taskId();
        while (true) {
            String expected = RedisReply.text(connections.call(Command.GET, resultKey));
            long answer = RedisReply.number(
                    connections.run(Script.REPLAY, replaying(queue, stored, request, message, resultKey, expected)));
            // Another number: the task's status was written between the look and the script.
            if (answer != 2) {
                return answer == 1;
            }
        }
    }

    private List<Object> replaying(
            String queue,
            Stored stored,
            DeadLetter.Replay request,
            @Nullable Message message,
            String resultKey,
            String expected) {
        Instant now = clock.instant();
        Duration delay = request.delay();
        TaskStatus admitted = StatusTransitions.readmitted(known(expected), stored.deadLetter, request, message, now);
        List<Object> arguments = new ArrayList<>();
        arguments.add(keys.deadLetters(queue));
        arguments.add(stored.raw);
        arguments.add(resultKey);
        arguments.add(expected);
        arguments.add(admitted == null ? "" : TaskStatusJson.write(admitted));
        arguments.add(StatusArguments.millis(retention.plus(delay)));
        arguments.add(keys.eventsPrefix() + stored.deadLetter.taskId());
        Instant notBefore = delay.isZero() ? null : now.plus(delay);
        if (message == null) {
            entryWriter.addRaw(arguments, queue, stored.deadLetter, notBefore);
        } else {
            entryWriter.add(arguments, queue, message, message.envelope().priority(), notBefore, now);
        }
        return arguments;
    }

    private static @Nullable TaskStatus known(String text) {
        try {
            return text.isEmpty() ? null : TaskStatusJson.parse(text);
        } catch (IllegalArgumentException unreadable) {
            return null;
        }
    }

    @Override
    public int purge(String queue, @Nullable Integer limit, @Nullable Instant since) {
        if (limit == null && since == null) {
            return connections.execute(connection -> {
                var answers = connection.pipeline(List.of(
                        RedisConnection.command(Command.MULTI),
                        RedisConnection.command(Command.LLEN, keys.deadLetters(queue)),
                        RedisConnection.command(Command.DEL, keys.deadLetters(queue)),
                        RedisConnection.command(Command.EXEC)));
                return Math.toIntExact(
                        RedisReply.number(RedisReply.list(answers.getLast()).getFirst()));
            });
        }
        return removeNewest(queue, since(since), limit == null ? Integer.MAX_VALUE : limit);
    }

    /** Page by page, so that a long list takes no more memory than a page. */
    private int removeNewest(String queue, Predicate<DeadLetter> filter, int limit) {
        int removed = 0;
        long kept = 0;
        while (removed < limit) {
            List<String> page = range(queue, kept, kept + PAGE - 1);
            List<CommandArguments> removals = page.stream()
                    .filter(raw -> filter.test(DeadLetterJson.read(queue, raw)))
                    .limit(limit - removed)
                    .map(raw -> RedisConnection.command(Command.LREM, keys.deadLetters(queue), 1, raw))
                    .toList();
            long gone = connections.execute(connection -> connection.pipeline(removals)).stream()
                    .mapToLong(RedisReply::number)
                    .sum();
            removed += Math.toIntExact(gone);
            kept += page.size() - gone;
            if (page.size() < PAGE) {
                return removed;
            }
        }
        return removed;
    }
}
