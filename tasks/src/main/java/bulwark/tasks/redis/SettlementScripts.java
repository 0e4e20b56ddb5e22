package bulwark.tasks.redis;

import bulwark.tasks.broker.LimitedStart;
import bulwark.tasks.broker.RunStart;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.results.TaskStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Begins and ends deliveries, many in one script. Thread-safe. */
final class SettlementScripts {
    /** While a script runs the server does nothing else. */
    private static final int BATCH = 128;

    private static final List<RunStart.StartDecision> DECISIONS = List.of(
            RunStart.StartDecision.RUN,
            RunStart.StartDecision.ALREADY_FINISHED,
            RunStart.StartDecision.REPLAYED,
            RunStart.StartDecision.LEASE_LOST);

    private static final List<LimitedStart.LimitDecision> LIMIT_DECISIONS = List.of(
            LimitedStart.LimitDecision.START,
            LimitedStart.LimitDecision.LAID_ASIDE,
            LimitedStart.LimitDecision.LEASE_LOST);

    private final RedisConnectionPool connections;
    private final RedisKeys keys;
    private final Clock clock;
    private final EntryWriter entryWriter;
    private final Leases leases;
    private final Duration retention;
    private final AtomicLong delayedBroadcasts;

    SettlementScripts(
            RedisConnectionPool connections,
            RedisKeys keys,
            Clock clock,
            EntryWriter entryWriter,
            Leases leases,
            Duration retention,
            AtomicLong delayedBroadcasts) {
        this.connections = connections;
        this.keys = keys;
        this.clock = clock;
        this.entryWriter = entryWriter;
        this.leases = leases;
        this.retention = retention;
        this.delayedBroadcasts = delayedBroadcasts;
    }

    List<RunStart.StartDecision> begin(List<RunStart> starts) {
        List<RunStart.StartDecision> verdicts = new ArrayList<>(starts.size());
        for (List<RunStart> batch : batches(starts)) {
            ReceiptArguments receipts =
                    new ReceiptArguments(batch.stream().map(RunStart::receipt).toList());
            List<Object> arguments = arguments(receipts);
            for (RunStart start : batch) {
                receipts.add(arguments, start.receipt());
                StatusArguments.add(arguments, start.running(), retention);
            }
            RedisReply.list(connections.run(Script.BEGIN, arguments))
                    .forEach(answer -> verdicts.add(DECISIONS.get((int) RedisReply.number(answer))));
        }
        return verdicts;
    }

    List<LimitedStart.LimitDecision> limit(List<LimitedStart> starts) {
        List<LimitedStart.LimitDecision> decisions = new ArrayList<>(starts.size());
        for (List<LimitedStart> batch : batches(starts)) {
            ReceiptArguments receipts = new ReceiptArguments(
                    batch.stream().map(LimitedStart::receipt).toList());
            List<Object> arguments = new ArrayList<>();
            arguments.add(RedisRates.micros(clock.instant()));
            receipts.addTo(arguments);
            for (LimitedStart start : batch) {
                receipts.add(arguments, start.receipt());
                String name = start.backlog();
                arguments.add(keys.backlogs(start.queue()));
                arguments.add(keys.backlogLimits(start.queue()));
                arguments.add(keys.backlogPrefix(start.queue()) + name);
                arguments.add(name);
                EntryWriter.addLaidAside(arguments, start);
                arguments.add(start.limits().size());
                start.limits().forEach(limit -> RedisRates.add(arguments, keys, limit));
            }
            RedisReply.list(connections.run(Script.LIMIT, arguments))
                    .forEach(answer -> decisions.add(LIMIT_DECISIONS.get((int) RedisReply.number(answer))));
        }
        return decisions;
    }

    List<Boolean> settle(List<Settlement> settlements) {
        List<Boolean> good = new ArrayList<>(settlements.size());
        for (List<Settlement> batch : batches(settlements)) {
            ReceiptArguments receipts =
                    new ReceiptArguments(batch.stream().map(Settlement::receipt).toList());
            List<Object> arguments = arguments(receipts);
            batch.forEach(settlement -> add(arguments, receipts, settlement));
            RedisReply.list(connections.run(Script.SETTLE, arguments))
                    .forEach(answer -> good.add(RedisReply.number(answer) == 1));
            batch.forEach(this::settled);
        }
        return good;
    }

    private void settled(Settlement settlement) {
        leases.settled(settlement.receipt());
        if (settlement instanceof Settlement.Requeue requeue && requeue.notBefore() != null && broadcast(requeue)) {
            delayedBroadcasts.incrementAndGet();
        }
    }

    private boolean broadcast(Settlement.Requeue requeue) {
        return requeue.receipt().group().startsWith(keys.broadcast(""));
    }

    private static <T> List<List<T>> batches(List<T> items) {
        List<List<T>> batches = new ArrayList<>();
        for (int from = 0; from < items.size(); from += BATCH) {
            batches.add(items.subList(from, Math.min(items.size(), from + BATCH)));
        }
        return batches;
    }

    private List<Object> arguments(ReceiptArguments receipts) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(keys.resultPrefix());
        arguments.add(keys.eventsPrefix());
        receipts.addTo(arguments);
        return arguments;
    }

    private void add(List<Object> arguments, ReceiptArguments receipts, Settlement settlement) {
        arguments.add(
                switch (settlement) {
                    case Settlement.Ack _ -> "done";
                    case Settlement.Requeue _ -> "again";
                    case Settlement.Reject _ -> "dead";
                });
        receipts.add(arguments, settlement.receipt());
        addStatus(arguments, settlement);
        switch (settlement) {
            case Settlement.Ack _ -> {}
            case Settlement.Requeue requeue -> addRequeue(arguments, requeue);
            case Settlement.Reject rejected -> {
                arguments.add(keys.deadLetters(rejected.queue()));
                arguments.add(DeadLetterJson.write(rejected, clock.instant()));
            }
        }
    }

    private void addStatus(List<Object> arguments, Settlement settlement) {
        TaskStatus status = settlement.status();
        if (status == null) {
            StatusArguments.none(arguments);
            return;
        }
        String unvouched = settlement instanceof Settlement.Reject rejected ? rejected.unvouched() : null;
        if (unvouched == null) {
            StatusArguments.add(arguments, StatusArguments.Mode.FENCED, status, retention(settlement));
        } else {
            StatusArguments.addUnvouched(arguments, status, unvouched, retention);
        }
    }

    /** What waits for its time is known for a day beyond it. */
    private Duration retention(Settlement settlement) {
        Instant later = settlement instanceof Settlement.Requeue requeue ? requeue.notBefore() : null;
        Instant now = clock.instant();
        return later == null || later.isBefore(now)
                ? retention
                : Duration.between(now, later).plus(retention);
    }

    /** A broadcast message is redelivered to its own consumer only. */
    private void addRequeue(List<Object> arguments, Settlement.Requeue requeue) {
        String group = requeue.receipt().group();
        if (!broadcast(requeue)) {
            entryWriter.add(
                    arguments,
                    requeue.queue(),
                    requeue.message(),
                    requeue.priority(),
                    requeue.notBefore(),
                    clock.instant());
            return;
        }
        entryWriter.addOwn(arguments, group + ":again", requeue.message(), requeue.notBefore(), clock.instant());
    }
}
