package bulwark.tasks.memory;

import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.DeadLetterStore;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.store.StatusTransitions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Newest at the head. What is called over the store takes the broker's lock; what the broker calls runs under it. */
final class MemoryDeadLetters implements DeadLetterStore {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Clock clock;
    private final ReentrantLock lock;
    private final MemoryResults results;
    private final Queues queues;
    private final Map<String, Deque<DeadLetter>> deadLetters = new HashMap<>();
    private long added;

    /** Where a replayed dead letter goes. */
    interface Queues {
        void enqueue(Settlement.Content content, String queue, int priority, @Nullable Instant notBefore);
    }

    MemoryDeadLetters(Clock clock, ReentrantLock lock, MemoryResults results, Queues queues) {
        this.clock = clock;
        this.lock = lock;
        this.results = results;
        this.queues = queues;
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    void add(Settlement.Reject reject, Instant now) {
        Message message = reject.content() instanceof Settlement.Content.WholeMessage whole ? whole.message() : null;
        Map<String, String> fields =
                reject.content() instanceof Settlement.Content.RawFields part ? Map.copyOf(part.fields()) : Map.of();
        ObjectNode meta = MAPPER.valueToTree(reject.meta());
        deadLetters
                .computeIfAbsent(reject.queue(), ignored -> new ArrayDeque<>())
                .addFirst(new DeadLetter(
                        Long.toString(++added), reject.queue(), message, fields, reject.reason(), meta, now));
    }

    long size(String queue) {
        Deque<DeadLetter> there = deadLetters.get(queue);
        return there == null ? 0 : there.size();
    }

    Set<String> queues() {
        return deadLetters.keySet();
    }

    private Stream<DeadLetter> newestFirst(String queue, @Nullable Instant since) {
        Deque<DeadLetter> there = deadLetters.get(queue);
        return there == null
                ? Stream.empty()
                : there.stream()
                        .filter(deadLetter ->
                                since == null || !deadLetter.deadAt().isBefore(since));
    }

    @Override
    public DeadLetter.Page page(String queue, int offset, int limit, @Nullable Instant since) {
        List<DeadLetter> some =
                locked(() -> newestFirst(queue, since).skip(offset).limit(limit).toList());
        return new DeadLetter.Page(some, some.size() == limit ? offset + limit : -1);
    }

    @Override
    public Optional<DeadLetter> one(String queue, DeadLetter.Name name) {
        return locked(() -> newestFirst(queue, null).filter(name::fits).findFirst());
    }

    @Override
    public int purge(String queue, @Nullable Integer limit, @Nullable Instant since) {
        return locked(() -> {
            List<DeadLetter> chosen = newestFirst(queue, since)
                    .limit(limit == null ? Long.MAX_VALUE : limit)
                    .toList();
            chosen.forEach(deadLetter -> remove(queue, deadLetter));
            return chosen.size();
        });
    }

    @Override
    public List<DeadLetter> replay(String queue, DeadLetter.Replay request, UnaryOperator<Message> prepare) {
        List<DeadLetter> chosen = locked(() -> replayable(queue, request));
        if (request.dryRun()) {
            return chosen;
        }
        // Preparing may sign, which is no work for the time of the lock; a concurrent replay of a dead letter wins.
        Map<DeadLetter, Settlement.Content> prepared = prepared(chosen, prepare);
        return locked(() -> {
            List<DeadLetter> replayed = chosen.stream()
                    .filter(deadLetter -> remove(queue, deadLetter))
                    .toList();
            replayed.forEach(deadLetter ->
                    replayOne(queue, deadLetter, request, Objects.requireNonNull(prepared.get(deadLetter))));
            return replayed;
        });
    }

    private List<DeadLetter> replayable(String queue, DeadLetter.Replay request) {
        DeadLetter.Name only = request.only();
        return newestFirst(queue, request.since()).toList().reversed().stream()
                .filter(deadLetter -> only == null ? deadLetter.message() != null : only.fits(deadLetter))
                .limit(request.limit())
                .toList();
    }

    /** What goes back to the queue for each; needs no lock. */
    private static Map<DeadLetter, Settlement.Content> prepared(
            List<DeadLetter> chosen, UnaryOperator<Message> prepare) {
        Map<DeadLetter, Settlement.Content> prepared = new IdentityHashMap<>();
        for (DeadLetter deadLetter : chosen) {
            Message message = deadLetter.message();
            prepared.put(
                    deadLetter,
                    message == null
                            ? new Settlement.Content.RawFields(deadLetter.fields())
                            : new Settlement.Content.WholeMessage(prepare.apply(message)));
        }
        return prepared;
    }

    private void replayOne(String queue, DeadLetter deadLetter, DeadLetter.Replay request, Settlement.Content content) {
        Instant now = clock.instant();
        Message message = content instanceof Settlement.Content.WholeMessage whole ? whole.message() : null;
        TaskStatus readmitted =
                StatusTransitions.readmitted(results.stored(deadLetter.taskId()), deadLetter, request, message, now);
        if (readmitted != null) {
            results.put(readmitted, null);
        }
        Instant notBefore = request.delay().isZero() ? null : now.plus(request.delay());
        queues.enqueue(content, queue, message == null ? 0 : message.envelope().priority(), notBefore);
    }

    /** This very one, not an equal one. */
    private boolean remove(String queue, DeadLetter deadLetter) {
        Deque<DeadLetter> there = deadLetters.get(queue);
        return there != null && there.removeIf(each -> each == deadLetter);
    }

    void clear(String queue) {
        deadLetters.remove(queue);
    }
}
