package bulwark.tasks.redis;

import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Start;
import bulwark.tasks.results.TaskStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

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
        for (List<Start> batch : batches(starts)) {
            Holdings holdings = new Holdings(batch.stream().map(Start::receipt).toList());
            List<Object> arguments = arguments(holdings);
            for (Start start : batch) {
                holdings.add(arguments, start.receipt());
                StatusArguments.add(arguments, start.running(), retention);
            }
            Reply.list(lines.run(Script.BEGIN, arguments))
                    .forEach(answer -> verdicts.add(VERDICTS.get((int) Reply.number(answer))));
        }
        return verdicts;
    }

    List<Boolean> settle(List<Settlement> settlements) {
        List<Boolean> good = new ArrayList<>(settlements.size());
        for (List<Settlement> batch : batches(settlements)) {
            Holdings holdings =
                    new Holdings(batch.stream().map(Settlement::receipt).toList());
            List<Object> arguments = arguments(holdings);
            batch.forEach(settlement -> add(arguments, holdings, settlement));
            Reply.list(lines.run(Script.SETTLE, arguments)).forEach(answer -> good.add(Reply.number(answer) == 1));
            batch.forEach(settlement -> leases.settled(settlement.receipt()));
        }
        return good;
    }

    private static <T> List<List<T>> batches(List<T> items) {
        List<List<T>> batches = new ArrayList<>();
        for (int from = 0; from < items.size(); from += BATCH) {
            batches.add(items.subList(from, Math.min(items.size(), from + BATCH)));
        }
        return batches;
    }

    private List<Object> arguments(Holdings holdings) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(keys.resultPrefix());
        arguments.add(keys.eventsPrefix());
        holdings.addTo(arguments);
        return arguments;
    }

    private void add(List<Object> arguments, Holdings holdings, Settlement settlement) {
        arguments.add(
                switch (settlement) {
                    case Settlement.Done _ -> "done";
                    case Settlement.Again _ -> "again";
                    case Settlement.Dead _ -> "dead";
                });
        holdings.add(arguments, settlement.receipt());
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
