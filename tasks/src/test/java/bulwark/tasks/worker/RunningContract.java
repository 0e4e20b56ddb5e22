package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.client.TaskCall;
import bulwark.tasks.handler.RetryPolicy;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.handler.TaskOptions;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker promises about tasks that it runs, on every place that keeps tasks. */
@Timeout(60)
abstract class RunningContract extends AtPlace {
    @Test
    void a_task_runs_once_and_its_result_is_kept() throws Exception {
        at.start();

        String id = at.client.enqueue(TaskCall.named("demo.echo", Fixture.args().put("hello", "world")));

        TaskStatus status = at.ended(id);
        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.payload()).hasToString("{\"hello\":\"world\"}");
        // Where results lie elsewhere, the entry is settled a moment after the status.
        Fixture.until(() -> at.stores.broker().counts("default").inFlight() == 0);
    }

    @Test
    void no_more_tasks_run_at_once_than_allowed() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        at.handler("busy", context -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.sleep(2);
            now.decrementAndGet();
            return null;
        });
        List<String> ids = at.client.enqueueAll(IntStream.range(0, 200)
                .mapToObj(i -> TaskCall.named("busy", Fixture.args()))
                .toList());

        at.start(at.settings().withConcurrency(3).withPrefetchMultiplier(4));

        for (String id : ids) {
            assertThat(at.ended(id).state()).isEqualTo(TaskState.SUCCEEDED);
        }
        assertThat(most).hasValueBetween(1, 3);
    }

    @Test
    void a_task_three_times_longer_than_its_lease_runs_once() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        at.handler("long", context -> {
            runs.incrementAndGet();
            Thread.sleep(1_800);
            return "done";
        });
        WorkerSettings settings = at.settings().withLease(Duration.ofMillis(600));
        at.start(settings);
        at.start(settings.withId(WorkerSettings.newId()));

        String id = at.enqueue("long");

        assertThat(at.ended(id).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(runs).hasValue(1);
    }

    @Test
    void a_failed_task_is_retried_until_it_succeeds() throws Exception {
        at.handler("flaky", noDelay(3), context -> {
            if (context.attempt() < 2) {
                throw new IllegalStateException("not yet");
            }
            return context.attempt();
        });
        at.start();

        TaskStatus status = at.ended(at.enqueue("flaky"));

        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.payload()).hasToString("2");
        assertThat(status.attempt()).isEqualTo(2);
    }

    @Test
    void a_task_beyond_its_last_retry_is_a_dead_letter() throws Exception {
        at.handler("broken", noDelay(2), context -> {
            throw new IllegalStateException("broken");
        });
        at.start();

        TaskStatus status = at.ended(at.enqueue("broken"));

        assertThat(status.state()).isEqualTo(TaskState.FAILED);
        assertThat(status.error().type()).isEqualTo("IllegalStateException");
        assertThat(status.attempt()).isEqualTo(2);
        Fixture.until(() -> !at.letters().isEmpty());
        assertThat(at.letters()).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo("max-retries-exhausted");
            assertThat(letter.meta().path("error").asString()).contains("broken");
        });
    }

    @Test
    void a_task_that_asks_for_one_run_too_many_is_a_dead_letter() throws Exception {
        at.handler("asks", noDelay(1), context -> {
            throw context.retry(Duration.ZERO);
        });
        at.start();

        TaskStatus status = at.ended(at.enqueue("asks"));

        assertThat(status.error().type()).isEqualTo("RetryExhausted");
        Fixture.until(() -> !at.letters().isEmpty());
        assertThat(at.letters()).singleElement().extracting(DeadLetter::reason).isEqualTo("max-retries-exhausted");
    }

    @Test
    void a_worker_with_public_keys_only_retries_without_loss() throws Exception {
        at.handler("flaky", noDelay(3), context -> {
            if (context.attempt() < 3) {
                throw new IllegalStateException("not yet");
            }
            return "signed " + context.signed();
        });
        at.start(at.settings(), Fixture.ED25519_PUBLIC);

        String id = at.client(Fixture.ED25519).enqueue(TaskCall.named("flaky", Fixture.args()));

        TaskStatus status = at.ended(id);
        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.attempt()).isEqualTo(3);
        assertThat(status.payload()).hasToString("\"signed true\"");
    }

    @Test
    void a_rate_limit_delays_and_counts_no_retry() throws Exception {
        TaskOptions none = TaskOptions.DEFAULT;
        TaskOptions limited =
                new TaskOptions(0, null, null, "2/s", null, null, "tenant", true, false, null, 0, null, null);
        assertThat(none.rateLimit()).isNull();
        at.handler("slowly", limited, TaskContext::attempt);
        at.start();
        long start = System.nanoTime();

        List<String> ids = at.client.enqueueAll(IntStream.range(0, 4)
                .mapToObj(i -> TaskCall.named("slowly", Fixture.args()))
                .toList());

        for (String id : ids) {
            TaskStatus status = at.ended(id);
            assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(status.payload()).hasToString("0");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(800));
    }

    @Test
    void a_hard_limit_interrupts_and_the_task_fails() throws Exception {
        at.handler("slow", context -> {
            new CountDownLatch(1).await();
            return null;
        });
        at.start();

        String id = at.client.enqueue(TaskCall.named("slow", Fixture.args()).withHardTimeLimit(Duration.ofMillis(100)));

        assertThat(at.ended(id).error().type()).isEqualTo("TimeoutException");
    }

    @Test
    void a_handler_that_ignores_its_limit_keeps_its_permit() throws Exception {
        AtomicBoolean end = new AtomicBoolean();
        at.handler("deaf", context -> {
            while (!end.get()) {
                Thread.onSpinWait();
            }
            return null;
        });
        Worker worker = at.start(at.settings().withConcurrency(1));
        String id = at.client.enqueue(TaskCall.named("deaf", Fixture.args()).withHardTimeLimit(Duration.ofMillis(50)));

        assertThat(at.ended(id).error().type()).isEqualTo("TimeoutException");

        assertThat(worker.problems()).contains("Every run ignores its time limit: no task can start.");
        String next = at.enqueue("demo.echo");
        assertThat(at.state(next)).isEqualTo(TaskState.QUEUED);
        end.set(true);
        assertThat(at.ended(next).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void a_stale_holder_is_interrupted_and_its_outcome_dropped() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        at.handler("contended", context -> {
            runs.incrementAndGet();
            running.countDown();
            new CountDownLatch(1).await();
            return "stale";
        });
        at.start(at.settings().withLease(Duration.ofMillis(900)));
        String id = at.enqueue("contended");
        running.await();
        Receipt held = at.taken.getLast();

        // Settled behind its holder's back, as another holder would.
        assertThat(at.stores.broker().settle(List.of(new Settlement.Done(held, null))))
                .containsExactly(true);

        Fixture.until(() -> at.counted("stem_tasks_lost_total") == 1);
        assertThat(at.state(id)).isEqualTo(TaskState.RUNNING);
        assertThat(runs).hasValue(1);
    }

    @Test
    void progress_shows_in_the_status() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        at.handler("progress", context -> {
            context.progress(40, Fixture.args().put("step", 2));
            told.countDown();
            go.await();
            return context.enqueue("demo.echo", Fixture.args());
        });
        at.start();
        String id = at.enqueue("progress");
        told.await();

        TaskStatus status = at.stores.results().get(id).orElseThrow();
        assertThat(status.meta().path("progress").path("percent").asDouble()).isEqualTo(40);
        go.countDown();

        String child = at.ended(id).payload().asString();
        assertThat(at.ended(child).meta().path("stem.parentTaskId").asString()).isEqualTo(id);
    }

    @Test
    void a_unique_task_gives_its_key_back_at_its_end() throws Exception {
        at.start();
        TaskCall call = TaskCall.named("demo.echo", Fixture.args()).withUniqueKey("only");
        String first = at.client.enqueue(call);
        at.ended(first);

        Fixture.until(() -> !at.client.enqueue(call).equals(first));
    }

    static TaskOptions noDelay(int retries) {
        return new TaskOptions(
                retries,
                null,
                null,
                null,
                null,
                null,
                "tenant",
                true,
                false,
                null,
                0,
                null,
                new RetryPolicy(false, null, false, Duration.ZERO, null, List.of(), List.of()));
    }
}
