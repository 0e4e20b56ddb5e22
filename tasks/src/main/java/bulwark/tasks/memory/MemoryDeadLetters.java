package bulwark.tasks.memory;

import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.envelope.Message;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** Newest at the head. Guarded by the broker's lock. */
final class MemoryDeadLetters {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, Deque<DeadLetter>> letters = new HashMap<>();

    void add(Settlement.Dead dead, Instant now) {
        Message message = dead.letter() instanceof Settlement.Letter.Whole whole ? whole.message() : null;
        Map<String, String> fields =
                dead.letter() instanceof Settlement.Letter.Fields part ? Map.copyOf(part.fields()) : Map.of();
        ObjectNode meta = MAPPER.valueToTree(dead.meta());
        letters.computeIfAbsent(dead.queue(), ignored -> new ArrayDeque<>())
                .addFirst(new DeadLetter(dead.queue(), message, fields, dead.reason(), meta, now));
    }

    long size(String queue) {
        Deque<DeadLetter> there = letters.get(queue);
        return there == null ? 0 : there.size();
    }

    Set<String> queues() {
        return letters.keySet();
    }

    Stream<DeadLetter> newestFirst(String queue, @Nullable Instant since) {
        Deque<DeadLetter> there = letters.get(queue);
        return there == null
                ? Stream.empty()
                : there.stream()
                        .filter(letter -> since == null || !letter.deadAt().isBefore(since));
    }

    List<DeadLetter> replayable(String queue, DeadLetter.Replay request) {
        String taskId = request.taskId();
        return newestFirst(queue, request.since()).toList().reversed().stream()
                .filter(letter -> letter.message() != null)
                .filter(letter -> taskId == null || isOf(letter, taskId))
                .limit(request.limit())
                .toList();
    }

    static boolean isOf(DeadLetter letter, String taskId) {
        Message message = letter.message();
        return message != null && message.envelope().id().equals(taskId);
    }

    /** This very letter, not an equal one. */
    boolean remove(String queue, DeadLetter letter) {
        Deque<DeadLetter> there = letters.get(queue);
        return there != null && there.removeIf(each -> each == letter);
    }

    void clear(String queue) {
        letters.remove(queue);
    }
}
