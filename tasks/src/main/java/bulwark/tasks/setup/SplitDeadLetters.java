package bulwark.tasks.setup;

import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.DeadLetterStore;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.store.StatusTransitions;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Dead letters of a broker whose results are kept in another store. */
final class SplitDeadLetters implements DeadLetterStore {
    private final DeadLetterStore deadLetters;
    private final ResultBackend results;
    private final Clock clock;

    SplitDeadLetters(DeadLetterStore deadLetters, ResultBackend results, Clock clock) {
        this.deadLetters = deadLetters;
        this.results = results;
        this.clock = clock;
    }

    @Override
    public DeadLetter.Page page(String queue, int offset, int limit, @Nullable Instant since) {
        return deadLetters.page(queue, offset, limit, since);
    }

    @Override
    public Optional<DeadLetter> one(String queue, DeadLetter.Name name) {
        return deadLetters.one(queue, name);
    }

    /** The ids are admitted again before their messages can be taken. */
    @Override
    public List<DeadLetter> replay(String queue, DeadLetter.Replay request, UnaryOperator<Message> prepare) {
        if (!request.dryRun()) {
            DeadLetter.Replay rehearsal =
                    new DeadLetter.Replay(request.limit(), request.since(), request.delay(), request.only(), true);
            deadLetters
                    .replay(queue, rehearsal, UnaryOperator.identity())
                    .forEach(deadLetter -> admitAgain(deadLetter, request, prepare));
        }
        return deadLetters.replay(queue, request, prepare);
    }

    private void admitAgain(DeadLetter deadLetter, DeadLetter.Replay request, UnaryOperator<Message> prepare) {
        TaskStatus known = results.get(deadLetter.taskId()).orElse(null);
        Message message = deadLetter.message();
        Message prepared = message == null ? null : prepare.apply(message);
        TaskStatus again = StatusTransitions.readmitted(known, deadLetter, request, prepared, clock.instant());
        if (again != null) {
            results.put(again, null);
        }
    }

    @Override
    public int purge(String queue, @Nullable Integer limit, @Nullable Instant since) {
        return deadLetters.purge(queue, limit, since);
    }
}
