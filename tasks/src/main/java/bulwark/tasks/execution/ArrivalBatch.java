package bulwark.tasks.execution;

import bulwark.tasks.broker.LimitedStart;
import bulwark.tasks.broker.LimitedStart.LimitDecision;
import bulwark.tasks.broker.ReceivedMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * What one receive brought, until each message is checked. Those that are limited ask together, the first that arrived first, whichever thread was quicker with its checks: so
 * many cost one round trip, and their order is kept. Thread-safe.
 */
public final class ArrivalBatch {
    private static final Comparator<Question> ORDER = Comparator.<Question>comparingInt(
                    each -> -each.start.message().envelope().priority())
            .thenComparing(each -> each.start.receipt().token());

    /** How many did not pass their limits before. */
    private final int fresh;

    private final Function<List<LimitedStart>, List<LimitDecision>> limiter;
    private final Runnable allLaidAside;
    private final AtomicInteger unchecked;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Question> questions = new ArrayList<>();
    private boolean abandoned;

    private record Question(LimitedStart start, CompletableFuture<LimitDecision> answer) {}

    /** @param allLaidAside called when nothing of the batch may start, but for what has waited already */
    public ArrivalBatch(
            List<ReceivedMessage> messages,
            Function<List<LimitedStart>, List<LimitDecision>> limiter,
            Runnable allLaidAside) {
        this.limiter = limiter;
        this.allLaidAside = allLaidAside;
        fresh = (int) messages.stream().filter(ArrivalBatch::fresh).count();
        unchecked = new AtomicInteger(messages.size());
    }

    private static boolean fresh(ReceivedMessage message) {
        return !(message instanceof ReceivedMessage.Delivery delivery && delivery.limitsPassed());
    }

    /** True when it says nothing of what else waits. */
    public boolean onlyPassed() {
        return fresh == 0;
    }

    /** One message of the batch. Used by one thread. */
    public final class Arrival {
        private boolean checked;

        private Arrival() {}

        /** Its checks are over: the others need not wait for it. Only the first call counts. */
        void checked() {
            if (!checked) {
                checked = true;
                leave();
            }
        }

        /** Waits until all of the batch are checked. */
        LimitDecision ask(LimitedStart start) {
            Question question = new Question(start, new CompletableFuture<>());
            if (checked || !add(question)) {
                return limiter.apply(List.of(start)).getFirst();
            }
            checked();
            return question.answer.join();
        }
    }

    /** To be called once for each message. */
    public Arrival arrival() {
        return new Arrival();
    }

    private boolean add(Question question) {
        lock.lock();
        try {
            return !abandoned && questions.add(question);
        } finally {
            lock.unlock();
        }
    }

    /** Not all of the batch will be checked: nobody waits for the rest. */
    public void abandon() {
        lock.lock();
        try {
            abandoned = true;
            decide();
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        if (unchecked.decrementAndGet() > 0) {
            return;
        }
        lock.lock();
        try {
            if (!abandoned) {
                decide();
            }
        } finally {
            lock.unlock();
        }
    }

    private void decide() {
        if (questions.isEmpty()) {
            return;
        }
        questions.sort(ORDER);
        try {
            List<LimitDecision> decisions =
                    limiter.apply(questions.stream().map(Question::start).toList());
            if (questions.size() == fresh && decisions.stream().noneMatch(LimitDecision.START::equals)) {
                allLaidAside.run();
            }
            for (int i = 0; i < questions.size(); i++) {
                questions.get(i).answer.complete(decisions.get(i));
            }
        } catch (RuntimeException e) {
            questions.forEach(each -> each.answer.completeExceptionally(e));
        } catch (Error e) {
            // Each of them fails as this thread does: none must wait for ever.
            questions.forEach(each -> each.answer.completeExceptionally(e));
            throw e;
        }
    }
}
