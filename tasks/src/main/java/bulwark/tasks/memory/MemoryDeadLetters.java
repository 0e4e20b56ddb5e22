package bulwark.tasks.memory;

import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.envelope.Message;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Newest at the head. Guarded by the broker's lock. */
final class MemoryDeadLetters {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, Deque<DeadLetter>> deadLetters = new HashMap<>();
    private long added;

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

    DeadLetter.Page page(String queue, int offset, int limit, @Nullable Instant since) {
        List<DeadLetter> some =
                newestFirst(queue, since).skip(offset).limit(limit).toList();
        return new DeadLetter.Page(some, some.size() == limit ? offset + limit : -1);
    }

    Optional<DeadLetter> one(String queue, DeadLetter.Name name) {
        return newestFirst(queue, null).filter(name::fits).findFirst();
    }

    int purge(String queue, @Nullable Integer limit, @Nullable Instant since) {
        List<DeadLetter> chosen = newestFirst(queue, since)
                .limit(limit == null ? Long.MAX_VALUE : limit)
                .toList();
        chosen.forEach(deadLetter -> remove(queue, deadLetter));
        return chosen.size();
    }

    /** What goes back to the queue for each; needs no lock. */
    static Map<DeadLetter, Settlement.Content> prepared(List<DeadLetter> chosen, UnaryOperator<Message> prepare) {
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

    List<DeadLetter> replayable(String queue, DeadLetter.Replay request) {
        DeadLetter.Name only = request.only();
        return newestFirst(queue, request.since()).toList().reversed().stream()
                .filter(deadLetter -> only == null ? deadLetter.message() != null : only.fits(deadLetter))
                .limit(request.limit())
                .toList();
    }

    /** This very letter, not an equal one. */
    boolean remove(String queue, DeadLetter deadLetter) {
        Deque<DeadLetter> there = deadLetters.get(queue);
        return there != null && there.removeIf(each -> each == deadLetter);
    }

    void clear(String queue) {
        deadLetters.remove(queue);
    }
}
