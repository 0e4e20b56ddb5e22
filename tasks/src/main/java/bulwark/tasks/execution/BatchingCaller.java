package bulwark.tasks.execution;

import bulwark.kernel.concurrent.Backoff;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.tasks.broker.BrokerUnavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers single steps into batches: one thread takes whatever has come up while the batch before was travelling. No timers, so that a lonely step travels at once. While the
 * broker is away a batch is repeated until it answers; steps are safe to repeat. The thread is a platform thread: tasks that occupy every processor cannot stop it.
 */
final class BatchingCaller<T, R> {
    private static final Logger LOG = LoggerFactory.getLogger(BatchingCaller.class);
    private static final int MAX_BATCH = 256;
    private static final Backoff PAUSES = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));

    /** One round trip. */
    @FunctionalInterface
    interface BatchCall<T, R> {
        /** @param repeated an earlier try may have happened, wholly or in part */
        List<R> execute(List<T> steps, boolean repeated);
    }

    private record PendingCall<T, R>(T value, CompletableFuture<R> answer) {}

    private final LinkedBlockingQueue<PendingCall<T, R>> waiting = new LinkedBlockingQueue<>();
    private final BatchCall<T, R> call;
    private final Runnable onAnswer;
    private final EssentialThread thread;
    /** On its way. Belongs to the thread. */
    private final List<PendingCall<T, R>> batch = new ArrayList<>(MAX_BATCH);

    private volatile boolean stopping;
    private volatile boolean aborting;

    /** @param answered called whenever the broker answered */
    BatchingCaller(String name, BatchCall<T, R> trip, Runnable answered) {
        this.call = trip;
        this.onAnswer = answered;
        this.thread = EssentialThread.platform(name, this::work);
    }

    void start() {
        thread.start();
    }

    /** Completed on the batcher's thread, so what depends on it must be short; fails with {@link BrokerUnavailable} only after {@link #abort}. */
    CompletableFuture<R> submit(T value) {
        PendingCall<T, R> step = new PendingCall<>(value, new CompletableFuture<>());
        waiting.add(step);
        return step.answer;
    }

    /** Ends when everything that came up has travelled. */
    void stop() {
        stopping = true;
    }

    /** Stops repeating. */
    void abort() {
        aborting = true;
        stopping = true;
        LockSupport.unpark(thread.thread());
    }

    @Nullable
    String problem() {
        return thread.problem();
    }

    void join(long millis) throws InterruptedException {
        thread.thread().join(Math.max(1, millis));
    }

    private void work() {
        // Left by work that failed: whoever waits for an answer decides.
        batch.forEach(step -> step.answer.completeExceptionally(new IllegalStateException("the thread failed")));
        batch.clear();
        while (true) {
            try {
                PendingCall<T, R> first = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    waiting.drainTo(batch, MAX_BATCH - 1);
                    send(batch, false);
                    batch.clear();
                } else if (stopping) {
                    return;
                }
            } catch (InterruptedException e) {
                // Nobody but stop ends this thread.
                LOG.debug("interrupted", e);
            }
        }
    }

    private void send(List<PendingCall<T, R>> steps, boolean again) {
        int failures = 0;
        boolean repeated = again;
        while (true) {
            try {
                complete(
                        steps,
                        call.execute(steps.stream().map(PendingCall::value).toList(), repeated));
                return;
            } catch (BrokerUnavailable e) {
                if (aborting) {
                    steps.forEach(step -> step.answer.completeExceptionally(e));
                    return;
                }
                if (!repeated) {
                    LOG.warn("Broker unreachable; {} operations queued: {}", steps.size(), e.getMessage());
                }
                repeated = true;
                failures++;
                LockSupport.parkNanos(PAUSES.pause(failures).toNanos());
            } catch (RuntimeException | StackOverflowError e) {
                sendIndividually(steps, e);
                return;
            }
        }
    }

    private void complete(List<PendingCall<T, R>> steps, List<R> answers) {
        onAnswer.run();
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).answer.complete(answers.get(i));
        }
    }

    /** One that cannot travel must not keep the others. */
    private void sendIndividually(List<PendingCall<T, R>> steps, Throwable fault) {
        if (steps.size() == 1) {
            steps.getFirst().answer.completeExceptionally(fault);
            return;
        }
        for (PendingCall<T, R> step : steps) {
            send(List.of(step), true);
        }
    }
}
