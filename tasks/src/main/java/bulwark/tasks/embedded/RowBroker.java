package bulwark.tasks.embedded;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.broker.Arrival;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.Outgoing;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Start;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.envelope.EnvelopeText;
import bulwark.tasks.envelope.EnvelopeWeight;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.stores.EntryId;
import bulwark.tasks.stores.StatusRules;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Turns messages into rows and back, in the process that uses them; the holder of the store reads none of them. */
final class RowBroker implements Broker {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final int LONGEST_SAMPLE = 2_048;

    private final Link link;
    private final QueueCalls queues;
    private final LetterCalls letters;
    private final Clock clock;
    private final Duration retention;
    private final int maxEnvelopeBytes;

    RowBroker(Link link, Clock clock, Duration retention, int maxEnvelopeBytes) {
        this.retention = retention;
        this.maxEnvelopeBytes = maxEnvelopeBytes;
        this.link = link;
        this.queues = link.as(QueueCalls.class);
        this.letters = link.as(LetterCalls.class);
        this.clock = clock;
    }

    @Override
    public void publish(List<Outgoing> messages) {
        publication(messages).run();
    }

    @Override
    public Runnable publication(List<Outgoing> messages) {
        List<Row.Put> puts = messages.stream().map(this::put).toList();
        return () -> {
            for (List<Row.Put> part : Parts.of(puts, RowBroker::length)) {
                queues.publish(part, link.once());
            }
        };
    }

    private Row.Put put(Outgoing out) {
        String text = EnvelopeText.json(out.message());
        EnvelopeText.refuseLonger(text.length(), maxEnvelopeBytes);
        Row.Status queued = null;
        if (out.recordQueued()) {
            Instant now = clock.instant();
            queued = StatusBody.row(StatusRules.queued(out, now), StatusRules.queuedRetention(out, now, retention));
        }
        return put(text, out.queue(), out.priority(), out.notBefore(), queued);
    }

    private static Row.Put put(
            String text, String queue, int priority, @Nullable Instant notBefore, Row.@Nullable Status queued) {
        long due = notBefore == null ? 0 : notBefore.toEpochMilli();
        return new Row.Put(text, queue, priority, due, queued);
    }

    private static int length(Row.Put put) {
        return put.message().length()
                + (put.queued() == null ? 0 : put.queued().body().length());
    }

    @Override
    public boolean publishOnce(String identity, Duration remembered, Outgoing message) {
        return queues.publishOnce(identity, remembered.toMillis(), put(message));
    }

    @Override
    public void broadcast(String channel, Envelope envelope) {
        String text = EnvelopeText.json(Message.fresh(envelope));
        EnvelopeText.refuseLonger(text.length(), maxEnvelopeBytes);
        queues.broadcast(channel, text, link.once());
    }

    @Override
    public List<Arrival> take(Subscription by, TakeLimits limits, Duration wait) throws InterruptedException {
        Duration patience = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        Row.Demand demand = new Row.Demand(
                by.queues(),
                by.channels(),
                by.consumer(),
                by.lease().toMillis(),
                limits.maxEntries(),
                patience.toMillis(),
                limits.suspects());
        return queues.take(demand).stream()
                .map(taken -> arrival(taken, by, limits.unread()))
                .toList();
    }

    private Arrival arrival(Row.Taken taken, Subscription by, boolean mayStayUnread) {
        if (mayStayUnread && !taken.broadcast()) {
            long weight = EnvelopeWeight.of(taken.message());
            if (weight > EnvelopeWeight.LIGHT) {
                Receipt receipt = receipt(taken, by);
                return new Arrival.Unread(
                        receipt,
                        taken.queue(),
                        HolderDeath.parse(taken.deaths()),
                        taken.message().length(),
                        weight,
                        new Arrival.Unread.Text() {
                            @Override
                            public Arrival read() {
                                return arrival(taken, by, false);
                            }

                            @Override
                            public Arrival.Malformed refuse(String reason) {
                                return malformed(receipt, taken, reason);
                            }
                        });
            }
        }
        Receipt receipt = receipt(taken, by);
        try {
            return new Arrival.Delivery(
                    receipt,
                    taken.queue(),
                    EnvelopeText.ofJson(taken.message(), maxEnvelopeBytes),
                    taken.broadcast(),
                    HolderDeath.parse(taken.deaths()));
        } catch (EnvelopeRefused e) {
            return malformed(receipt, taken, String.valueOf(e.getMessage()));
        }
    }

    private static Receipt receipt(Row.Taken taken, Subscription by) {
        return new Receipt(
                taken.queue(),
                taken.broadcast() ? "broadcast" : "queue",
                by.consumer(),
                EntryId.text(taken.id()),
                taken.delivery());
    }

    private static Arrival.Malformed malformed(Receipt receipt, Row.Taken taken, String reason) {
        return new Arrival.Malformed(receipt, taken.queue(), sample(taken.message()), reason);
    }

    private static Map<String, String> sample(String text) {
        return Map.of("json", text.substring(0, Math.min(text.length(), LONGEST_SAMPLE)));
    }

    private static Row.Hold hold(Receipt receipt) {
        return new Row.Hold(EntryId.of(receipt.entryId()), receipt.consumer(), receipt.delivery());
    }

    @Override
    public List<Start.Verdict> begin(List<Start> starts) {
        List<Row.Begin> begins = starts.stream()
                .map(start -> new Row.Begin(hold(start.receipt()), row(start.running())))
                .toList();
        List<Start.Verdict> verdicts = new ArrayList<>(starts.size());
        for (List<Row.Begin> part :
                Parts.of(begins, begin -> begin.running().body().length())) {
            verdicts.addAll(queues.begin(part));
        }
        return verdicts;
    }

    private Row.Status row(TaskStatus status) {
        return StatusBody.row(status, retention);
    }

    @Override
    public List<Receipt> renew(Collection<Receipt> receipts, Duration lease) {
        List<Receipt> asked = List.copyOf(receipts);
        List<Boolean> held = asked.isEmpty()
                ? List.of()
                : queues.renew(asked.stream().map(RowBroker::hold).toList(), lease.toMillis());
        List<Receipt> lost = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            if (!held.get(i)) {
                lost.add(asked.get(i));
            }
        }
        return lost;
    }

    @Override
    public List<Boolean> settle(List<Settlement> settlements) {
        List<Row.End> ends = settlements.stream().map(this::end).toList();
        List<Boolean> settled = new ArrayList<>(ends.size());
        for (List<Row.End> part : Parts.of(ends, RowBroker::length)) {
            settled.addAll(queues.settle(part, link.once()));
        }
        return settled;
    }

    private static int length(Row.End end) {
        return (end.status() == null ? 0 : end.status().body().length())
                + (end.again() == null ? 0 : length(end.again()))
                + (end.dead() == null || end.dead().message() == null
                        ? 0
                        : end.dead().message().length());
    }

    private Row.End end(Settlement settlement) {
        Row.Put again = null;
        Row.Dead dead = null;
        boolean onlyIfAbsent = false;
        if (settlement instanceof Settlement.Again back) {
            again = put(EnvelopeText.json(back.message()), back.queue(), back.priority(), back.notBefore(), null);
        } else if (settlement instanceof Settlement.Dead letter) {
            dead = dead(letter);
            onlyIfAbsent = letter.statusOnlyIfAbsent();
        }
        TaskStatus status = settlement.status();
        return new Row.End(hold(settlement.receipt()), again, dead, status == null ? null : row(status), onlyIfAbsent);
    }

    private static Row.Dead dead(Settlement.Dead dead) {
        String meta = json(dead.meta());
        return switch (dead.letter()) {
            case Settlement.Letter.Whole(Message message) ->
                new Row.Dead(
                        dead.queue(), message.envelope().id(), EnvelopeText.json(message), null, dead.reason(), meta);
            case Settlement.Letter.Fields(Map<String, String> fields) ->
                new Row.Dead(dead.queue(), null, null, json(fields), dead.reason(), meta);
        };
    }

    private static String json(Object value) {
        return StrictJson.text(value);
    }

    @Override
    public QueueCounts counts(String queue) {
        return queues.counts(queue);
    }

    @Override
    public List<String> queues() {
        return queues.queues();
    }

    @Override
    public DeadLetter.Page deadLetters(String queue, int offset, int limit, @Nullable Instant since) {
        List<DeadLetter> found = letters.newest(queue, offset, limit, micros(since)).stream()
                .map(LetterText::letter)
                .toList();
        return new DeadLetter.Page(found, found.size() == limit ? offset + limit : -1);
    }

    private static @Nullable Long micros(@Nullable Instant since) {
        return since == null ? null : (Long) Row.micros(since);
    }

    @Override
    public Optional<DeadLetter> deadLetter(String queue, String taskId) {
        return letters.ofTask(queue, taskId).map(LetterText::letter);
    }

    /** Preparing happens here; the holder then puts back what is still there, and each caller replays what it was first to. */
    @Override
    public List<DeadLetter> replay(String queue, DeadLetter.Replay request, UnaryOperator<Message> prepare) {
        List<DeadLetter> chosen = new ArrayList<>();
        List<Row.Readmission> readmissions = new ArrayList<>();
        for (Row.Letter row : letters.replayable(queue, request.limit(), micros(request.since()), request.taskId())) {
            DeadLetter letter = LetterText.letter(row);
            Message message = letter.message();
            if (message != null) {
                chosen.add(letter);
                readmissions.add(request.dryRun() ? null : readmission(row, queue, request, prepare.apply(message)));
            }
        }
        if (request.dryRun()) {
            return chosen;
        }
        List<Boolean> done = new ArrayList<>(chosen.size());
        for (List<Row.Readmission> part : Parts.of(readmissions, each -> length(each.put()))) {
            done.addAll(letters.replay(part, link.once()));
        }
        List<DeadLetter> replayed = new ArrayList<>();
        for (int i = 0; i < done.size(); i++) {
            if (done.get(i)) {
                replayed.add(Objects.requireNonNull(chosen.get(i)));
            }
        }
        return replayed;
    }

    private static Row.Readmission readmission(
            Row.Letter row, String queue, DeadLetter.Replay request, Message message) {
        Envelope envelope = message.envelope();
        return new Row.Readmission(
                row.id(),
                envelope.id(),
                row.content().reason(),
                request.delay().toMillis(),
                put(EnvelopeText.json(message), queue, envelope.priority(), null, null));
    }

    @Override
    public int purgeDeadLetters(String queue, @Nullable Integer limit, @Nullable Instant since) {
        return letters.purge(queue, limit, micros(since));
    }

    @Override
    public void purge(String queue) {
        queues.purge(queue);
    }

    @Override
    public void delete(String queue) {
        queues.delete(queue);
    }

    @Override
    public void probe() {
        queues.probe();
    }

    @Override
    public List<Risk> risks() {
        return List.of();
    }
}
