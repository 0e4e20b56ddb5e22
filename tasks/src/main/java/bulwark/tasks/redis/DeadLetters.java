package bulwark.tasks.redis;

import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.StatusText;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.stores.StatusRules;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;

/** The dead letters of queues: lists with the newest at the head. Thread-safe. */
final class DeadLetters {
    private static final int PAGE = 500;

    private final Lines lines;
    private final Keys keys;
    private final Clock clock;
    private final Entering entering;
    private final Duration retention;

    DeadLetters(Lines lines, Keys keys, Clock clock, Entering entering, Duration retention) {
        this.lines = lines;
        this.keys = keys;
        this.clock = clock;
        this.entering = entering;
        this.retention = retention;
    }

    /** @param raw as it is stored, by which it is removed */
    private record Stored(String raw, DeadLetter letter) {}

    DeadLetter.Page page(String queue, int offset, int limit, @Nullable Instant since) {
        List<DeadLetter> letters = newestFirst(queue, since(since), (long) offset + limit).stream()
                .skip(offset)
                .map(Stored::letter)
                .toList();
        return new DeadLetter.Page(letters, letters.size() == limit ? offset + limit : -1);
    }

    Optional<DeadLetter> one(String queue, String taskId) {
        return newestFirst(queue, isOf(taskId), 1).stream().map(Stored::letter).findFirst();
    }

    private static Predicate<DeadLetter> since(@Nullable Instant since) {
        return letter -> since == null || !letter.deadAt().isBefore(since);
    }

    private static Predicate<DeadLetter> isOf(String taskId) {
        return letter -> {
            Message message = letter.message();
            return message != null && message.envelope().id().equals(taskId);
        };
    }

    private List<Stored> newestFirst(String queue, Predicate<DeadLetter> filter, long limit) {
        List<Stored> found = new ArrayList<>();
        for (long from = 0; ; from += PAGE) {
            List<String> raws = range(queue, from, from + PAGE - 1);
            for (String raw : raws) {
                DeadLetter letter = LetterText.read(queue, raw);
                if (found.size() < limit && filter.test(letter)) {
                    found.add(new Stored(raw, letter));
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
                DeadLetter letter = LetterText.read(queue, raw);
                if (found.size() < limit && filter.test(letter)) {
                    found.add(new Stored(raw, letter));
                }
            }
            if (raws.size() < PAGE || found.size() >= limit) {
                return found;
            }
        }
    }

    private List<String> range(String queue, long from, long to) {
        return Reply.texts(lines.call(Command.LRANGE, keys.dead(queue), from, to));
    }

    List<DeadLetter> replay(String queue, DeadLetter.Replay request, UnaryOperator<Message> prepare) {
        Predicate<DeadLetter> chosen = since(request.since()).and(letter -> letter.message() != null);
        String taskId = request.taskId();
        List<Stored> candidates =
                oldestFirst(queue, taskId == null ? chosen : chosen.and(isOf(taskId)), request.limit());
        if (request.dryRun()) {
            return candidates.stream().map(Stored::letter).toList();
        }
        return candidates.stream()
                .filter(stored -> replayOne(queue, stored, request, prepare))
                .map(Stored::letter)
                .toList();
    }

    private boolean replayOne(String queue, Stored stored, DeadLetter.Replay request, UnaryOperator<Message> prepare) {
        Message message = prepare.apply(Objects.requireNonNull(stored.letter.message()));
        String resultKey = keys.resultPrefix() + message.envelope().id();
        while (true) {
            String expected = Reply.text(lines.call(Command.GET, resultKey));
            long answer = Reply.number(
                    lines.run(Script.REPLAY, replaying(queue, stored, request, message, resultKey, expected)));
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
            Message message,
            String resultKey,
            String expected) {
        Instant now = clock.instant();
        Duration delay = request.delay();
        TaskStatus admitted = StatusRules.readmitted(known(expected), stored.letter, request, now);
        List<Object> arguments = new ArrayList<>();
        arguments.add(keys.dead(queue));
        arguments.add(stored.raw);
        arguments.add(resultKey);
        arguments.add(expected);
        arguments.add(admitted == null ? "" : StatusText.write(admitted));
        arguments.add(StatusArguments.millis(retention.plus(delay)));
        arguments.add(keys.eventsPrefix() + message.envelope().id());
        entering.add(
                arguments, queue, message, message.envelope().priority(), delay.isZero() ? null : now.plus(delay), now);
        return arguments;
    }

    private static @Nullable TaskStatus known(String text) {
        try {
            return text.isEmpty() ? null : StatusText.parse(text);
        } catch (IllegalArgumentException unreadable) {
            return null;
        }
    }

    int purge(String queue, @Nullable Integer limit, @Nullable Instant since) {
        if (limit == null && since == null) {
            return lines.with(line -> {
                var answers = line.pipeline(List.of(
                        Line.command(Command.MULTI),
                        Line.command(Command.LLEN, keys.dead(queue)),
                        Line.command(Command.DEL, keys.dead(queue)),
                        Line.command(Command.EXEC)));
                return Math.toIntExact(
                        Reply.number(Reply.list(answers.getLast()).getFirst()));
            });
        }
        int removed = 0;
        for (Stored stored : newestFirst(queue, since(since), limit == null ? Long.MAX_VALUE : limit)) {
            removed += Math.toIntExact(Reply.number(lines.call(Command.LREM, keys.dead(queue), 1, stored.raw)));
        }
        return removed;
    }
}
