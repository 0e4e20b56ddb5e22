package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.execution.WorkerSettings;
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
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker promises about tasks that it runs, on every task store. */
@Timeout(60)
abstract class RunningContract extends WorkerTestBase {
    @Test
    void a_task_runs_once_and_its_result_is_kept() throws Exception {
        fixture.start();

        String id = fixture.client.enqueue(
                EnqueueRequest.named("demo.echo", WorkerFixture.args().put("hello", "world")));

        TaskStatus status = fixture.awaitEnd(id);
        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.payload()).hasToString("{\"hello\":\"world\"}");
        // Where results lie elsewhere, the message is settled a moment after the status.
        WorkerFixture.until(() -> fixture.stores.broker().counts("default").inFlight() == 0);
    }

    @Test
    void no_more_tasks_run_at_once_than_allowed() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        fixture.handler("busy", context -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.sleep(2);
            now.decrementAndGet();
            return null;
        });
        List<String> ids = fixture.client.enqueueAll(IntStream.range(0, 200)
                .mapToObj(i -> EnqueueRequest.named("busy", WorkerFixture.args()))
                .toList());

        fixture.start(fixture.settings().withConcurrency(3).withPrefetchMultiplier(4));

        for (String id : ids) {
            assertThat(fixture.awaitEnd(id).state()).isEqualTo(TaskState.SUCCEEDED);
        }
        assertThat(most).hasValueBetween(1, 3);
    }

    @Test
    void a_task_three_times_longer_than_its_lease_runs_once() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        fixture.handler("long", context -> {
            runs.incrementAndGet();
            Thread.sleep(1_800);
            return "done";
        });
        WorkerSettings settings = fixture.settings().withLease(Duration.ofMillis(600));
        fixture.start(settings);
        fixture.start(settings.withId(WorkerSettings.newId()));

        String id = fixture.enqueue("long");

        assertThat(fixture.awaitEnd(id).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(runs).hasValue(1);
    }

    @Test
    void a_failed_task_is_retried_until_it_succeeds() throws Exception {
        fixture.handler("flaky", noDelay(3), context -> {
            if (context.attempt() < 2) {
                throw new IllegalStateException("not yet");
            }
            return context.attempt();
        });
        fixture.start();

        TaskStatus status = fixture.awaitEnd(fixture.enqueue("flaky"));

        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.payload()).hasToString("2");
        assertThat(status.attempt()).isEqualTo(2);
    }

    @Test
    void a_task_beyond_its_last_retry_is_a_dead_letter() throws Exception {
        fixture.handler("broken", noDelay(2), context -> {
            throw new IllegalStateException("broken");
        });
        fixture.start();

        TaskStatus status = fixture.awaitEnd(fixture.enqueue("broken"));

        assertThat(status.state()).isEqualTo(TaskState.FAILED);
        assertThat(status.error().type()).isEqualTo("IllegalStateException");
        assertThat(status.attempt()).isEqualTo(2);
        WorkerFixture.until(() -> !fixture.deadLetters().isEmpty());
        assertThat(fixture.deadLetters()).singleElement().satisfies(deadLetter -> {
            assertThat(deadLetter.reason()).isEqualTo("max-retries-exhausted");
            assertThat(deadLetter.meta().path("error").asString()).contains("broken");
        });
    }

    @Test
    void a_task_that_requests_too_many_retries_is_a_dead_letter() throws Exception {
        fixture.handler("asks", noDelay(1), context -> {
            throw context.retry(Duration.ZERO);
        });
        fixture.start();

        TaskStatus status = fixture.awaitEnd(fixture.enqueue("asks"));

        assertThat(status.error().type()).isEqualTo("RetryExhausted");
        WorkerFixture.until(() -> !fixture.deadLetters().isEmpty());
        assertThat(fixture.deadLetters())
                .singleElement()
                .extracting(DeadLetter::reason)
                .isEqualTo("max-retries-exhausted");
    }

    @Test
    void a_worker_with_public_keys_only_retries_without_loss() throws Exception {
        fixture.handler("flaky", noDelay(3), context -> {
            if (context.attempt() < 3) {
                throw new IllegalStateException("not yet");
            }
            return "signed " + context.signed();
        });
        fixture.start(fixture.settings(), WorkerFixture.ED25519_PUBLIC);

        String id = fixture.client(WorkerFixture.ED25519).enqueue(EnqueueRequest.named("flaky", WorkerFixture.args()));

        TaskStatus status = fixture.awaitEnd(id);
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
        fixture.handler("slowly", limited, TaskContext::attempt);
        fixture.start();
        long start = System.nanoTime();

        List<String> ids = fixture.client.enqueueAll(IntStream.range(0, 4)
                .mapToObj(i -> EnqueueRequest.named("slowly", WorkerFixture.args()))
                .toList());

        for (String id : ids) {
            TaskStatus status = fixture.awaitEnd(id);
            assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(status.payload()).hasToString("0");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(800));
    }

    @Test
    void a_hard_limit_interrupts_and_the_task_fails() throws Exception {
        fixture.handler("slow", context -> {
            new CountDownLatch(1).await();
            return null;
        });
        fixture.start();

        String id = fixture.client.enqueue(
                EnqueueRequest.named("slow", WorkerFixture.args()).withHardTimeLimit(Duration.ofMillis(100)));

        assertThat(fixture.awaitEnd(id).error().type()).isEqualTo("TimeoutException");
    }

    @Test
    void a_handler_that_ignores_its_limit_keeps_its_permit() throws Exception {
        AtomicBoolean end = new AtomicBoolean();
        fixture.handler("deaf", context -> {
            while (!end.get()) {
                // Ignores the interrupt, and leaves its carrier to other tests.
                Thread.interrupted();
                LockSupport.parkNanos(1_000_000);
            }
            return null;
        });
        Worker worker = fixture.start(fixture.settings().withConcurrency(1));
        String id = fixture.client.enqueue(
                EnqueueRequest.named("deaf", WorkerFixture.args()).withHardTimeLimit(Duration.ofMillis(50)));

        assertThat(fixture.awaitEnd(id).error().type()).isEqualTo("TimeoutException");

        assertThat(worker.problems()).contains("Every run ignores its time limit: no task can start.");
        String next = fixture.enqueue("demo.echo");
        assertThat(fixture.state(next)).isEqualTo(TaskState.QUEUED);
        end.set(true);
        assertThat(fixture.awaitEnd(next).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void a_run_that_lost_its_lease_is_interrupted_and_its_result_dropped() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        fixture.handler("contended", context -> {
            runs.incrementAndGet();
            running.countDown();
            new CountDownLatch(1).await();
            return "stale";
        });
        fixture.start(fixture.settings().withLease(Duration.ofMillis(900)));
        String id = fixture.enqueue("contended");
        running.await();
        Receipt held = fixture.taken.getLast();

        // Settled behind its holder's back, as another holder would.
        assertThat(fixture.stores.broker().settle(List.of(new Settlement.Ack(held, null))))
                .containsExactly(true);

        WorkerFixture.until(() -> fixture.counted("stem_tasks_lost_total") == 1);
        assertThat(fixture.state(id)).isEqualTo(TaskState.RUNNING);
        assertThat(runs).hasValue(1);
    }

    @Test
    void progress_shows_in_the_status() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        fixture.handler("progress", context -> {
            context.progress(40, WorkerFixture.args().put("step", 2));
            told.countDown();
            go.await();
            return context.enqueue("demo.echo", WorkerFixture.args());
        });
        fixture.start();
        String id = fixture.enqueue("progress");
        told.await();

        TaskStatus status = fixture.stores.results().get(id).orElseThrow();
        assertThat(status.meta().path("progress").path("percent").asDouble()).isEqualTo(40);
        go.countDown();

        String child = fixture.awaitEnd(id).payload().asString();
        assertThat(fixture.awaitEnd(child).meta().path("stem.parentTaskId").asString())
                .isEqualTo(id);
    }

    @Test
    void a_finished_unique_task_releases_its_key() throws Exception {
        fixture.start();
        EnqueueRequest request =
                EnqueueRequest.named("demo.echo", WorkerFixture.args()).withUniqueKey("only");
        String first = fixture.client.enqueue(request);
        fixture.awaitEnd(first);

        WorkerFixture.until(() -> !fixture.client.enqueue(request).equals(first));
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
