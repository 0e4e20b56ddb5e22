package bulwark.tasks.redis;

import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Start;
import bulwark.tasks.results.TaskStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Begins and ends deliveries, many in one script. Thread-safe. */
final class Settling {
    /** While a script runs the server does nothing else. */
    private static final int BATCH = 128;

    private static final List<Start.Verdict> VERDICTS =
            List.of(Start.Verdict.RUN, Start.Verdict.FINISHED, Start.Verdict.REPLAYED, Start.Verdict.LOST);

    private final Lines lines;
    private final Keys keys;
    private final Clock clock;
    private final Entering entering;
    private final Leases leases;
    private final Duration retention;

    Settling(Lines lines, Keys keys, Clock clock, Entering entering, Leases leases, Duration retention) {
        this.lines = lines;
        this.keys = keys;
        this.clock = clock;
        this.entering = entering;
        this.leases = leases;
        this.retention = retention;
    }

    List<Start.Verdict> begin(List<Start> starts) {
        List<Start.Verdict> verdicts = new ArrayList<>(starts.size());
        batched(Script.BEGIN, starts, (arguments, start) -> {
                    Leases.add(arguments, start.receipt());
                    StatusArguments.add(arguments, start.running(), retention);
                })
                .forEach(answer -> verdicts.add(VERDICTS.get((int) Reply.number(answer))));
        return verdicts;
    }

    List<Boolean> settle(List<Settlement> settlements) {
        List<Boolean> good = new ArrayList<>(settlements.size());
        batched(Script.SETTLE, settlements, this::add).forEach(answer -> good.add(Reply.number(answer) == 1));
        settlements.forEach(settlement -> leases.settled(settlement.receipt()));
        return good;
    }

    private <T> List<@Nullable Object> batched(Script script, List<T> items, BiConsumer<List<Object>, T> adding) {
        List<@Nullable Object> answers = new ArrayList<>(items.size());
        for (int from = 0; from < items.size(); from += BATCH) {
            List<Object> arguments = new ArrayList<>();
            arguments.add(keys.resultPrefix());
            arguments.add(keys.eventsPrefix());
            items.subList(from, Math.min(items.size(), from + BATCH)).forEach(item -> adding.accept(arguments, item));
            answers.addAll(Reply.list(lines.run(script, arguments)));
        }
        return answers;
    }

    private void add(List<Object> arguments, Settlement settlement) {
        Receipt receipt = settlement.receipt();
        arguments.add(
                switch (settlement) {
                    case Settlement.Done _ -> "done";
                    case Settlement.Again _ -> "again";
                    case Settlement.Dead _ -> "dead";
                });
        Leases.add(arguments, receipt);
        addStatus(arguments, settlement);
        switch (settlement) {
            case Settlement.Done _ -> {}
            case Settlement.Again again -> addAgain(arguments, again);
            case Settlement.Dead dead -> {
                arguments.add(keys.dead(dead.queue()));
                arguments.add(LetterText.write(dead, clock.instant()));
            }
        }
    }

    private void addStatus(List<Object> arguments, Settlement settlement) {
        TaskStatus status = settlement.status();
        if (status == null) {
            StatusArguments.none(arguments);
            return;
        }
        boolean onlyIfAbsent = settlement instanceof Settlement.Dead dead && dead.statusOnlyIfAbsent();
        StatusArguments.add(
                arguments,
                onlyIfAbsent ? StatusArguments.Mode.ABSENT : StatusArguments.Mode.FENCED,
                status,
                retention(settlement));
    }

    /** What waits for its time is known for a day beyond it. */
    private Duration retention(Settlement settlement) {
        Instant later = settlement instanceof Settlement.Again again ? again.notBefore() : null;
        Instant now = clock.instant();
        return later == null || later.isBefore(now)
                ? retention
                : Duration.between(now, later).plus(retention);
    }

    /** A broadcast message comes again to its own consumer only. */
    private void addAgain(List<Object> arguments, Settlement.Again again) {
        String group = again.receipt().group();
        if (!group.startsWith(keys.broadcast(""))) {
            entering.add(
                    arguments, again.queue(), again.message(), again.priority(), again.notBefore(), clock.instant());
            return;
        }
        entering.addOwn(arguments, group + ":again", again.message(), again.notBefore(), clock.instant());
    }
}
