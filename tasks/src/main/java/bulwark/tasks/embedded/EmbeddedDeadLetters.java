package bulwark.tasks.embedded;

import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.DeadLetterStore;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.envelope.EnvelopeDigest;
import bulwark.tasks.envelope.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Dead letters of an embedded store, in the process that uses them; the store's owner reads none of them. */
final class EmbeddedDeadLetters implements DeadLetterStore {
    private final StoreClient client;
    private final DeadLetterApi api;

    EmbeddedDeadLetters(StoreClient client) {
        this.client = client;
        api = client.as(DeadLetterApi.class);
    }

    @Override
    public DeadLetter.Page page(String queue, int offset, int limit, @Nullable Instant since) {
        List<DeadLetter> found = api.newest(queue, offset, limit, micros(since)).stream()
                .map(RpcMapper::deadLetter)
                .toList();
        return new DeadLetter.Page(found, found.size() == limit ? offset + limit : -1);
    }

    private static @Nullable Long micros(@Nullable Instant since) {
        return since == null ? null : (Long) StoreRpc.micros(since);
    }

    @Override
    public Optional<DeadLetter> one(String queue, DeadLetter.Name name) {
        return api.one(queue, taskId(name), row(name)).map(RpcMapper::deadLetter);
    }

    private static @Nullable String taskId(DeadLetter.@Nullable Name name) {
        return name instanceof DeadLetter.OfTask(String taskId) ? taskId : null;
    }

    /** What is no number names no row: rows are counted from 1. */
    private static @Nullable Long row(DeadLetter.@Nullable Name name) {
        return name instanceof DeadLetter.Entry(String entry)
                ? (Long) (entry.matches("[0-9]{1,18}") ? Long.parseLong(entry) : 0L)
                : null;
    }

    /** Preparing happens here; the owner then puts back what is still there, and each caller replays what it was first to. */
    @Override
    public List<DeadLetter> replay(String queue, DeadLetter.Replay request, UnaryOperator<Message> prepare) {
        List<DeadLetter> chosen = new ArrayList<>();
        List<StoreRpc.Replay> replays = new ArrayList<>();
        for (StoreRpc.StoredDeadLetter row : api.replayable(
                queue, request.limit(), micros(request.since()), taskId(request.only()), row(request.only()))) {
            DeadLetter deadLetter = RpcMapper.deadLetter(row);
            Message message = deadLetter.message();
            chosen.add(deadLetter);
            if (!request.dryRun()) {
                replays.add(
                        message == null
                                ? replayOf(row, queue, request, deadLetter)
                                : replayOf(row, queue, request, prepare.apply(message)));
            }
        }
        if (request.dryRun()) {
            return chosen;
        }
        List<Boolean> done = new ArrayList<>(chosen.size());
        for (List<StoreRpc.Replay> part :
                CallBatcher.of(replays, replay -> replay.publish().message().length())) {
            done.addAll(api.replay(part, client.newCallId()));
        }
        List<DeadLetter> replayed = new ArrayList<>();
        for (int i = 0; i < done.size(); i++) {
            if (done.get(i)) {
                replayed.add(Objects.requireNonNull(chosen.get(i)));
            }
        }
        return replayed;
    }

    /** The very text of an entry that was no envelope. */
    private static StoreRpc.Replay replayOf(
            StoreRpc.StoredDeadLetter row, String queue, DeadLetter.Replay request, DeadLetter malformed) {
        String text = malformed.fields().getOrDefault("json", "");
        return new StoreRpc.Replay(
                row.id(),
                malformed.taskId(),
                row.content().reason(),
                request.delay().toMillis(),
                EnvelopeDigest.ofJson(queue, text),
                new StoreRpc.Publish(text, queue, 0, 0, null));
    }

    private static StoreRpc.Replay replayOf(
            StoreRpc.StoredDeadLetter row, String queue, DeadLetter.Replay request, Message message) {
        Envelope envelope = message.envelope();
        return new StoreRpc.Replay(
                row.id(),
                envelope.id(),
                row.content().reason(),
                request.delay().toMillis(),
                EnvelopeDigest.of(queue, envelope),
                new StoreRpc.Publish(EnvelopeCodec.json(message), queue, envelope.priority(), 0, null));
    }

    @Override
    public int purge(String queue, @Nullable Integer limit, @Nullable Instant since) {
        return api.purge(queue, limit, micros(since));
    }
}
