package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.AuditLog;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.Outgoing;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.client.TaskCall;
import bulwark.tasks.control.ControlClient;
import bulwark.tasks.control.ControlReply;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.handler.RetryPolicy;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.handler.TaskOptions;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.revocations.Revocation;
import bulwark.tasks.schedule.TimeText;
import bulwark.tasks.stores.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What a worker promises on every place that keeps tasks. */
@Timeout(60)
public abstract class WorkerContract {
    @TempDir
    Path folder;

    Fixture at;

    /** A fresh place, empty, on the given clock. */
    protected abstract TaskStores open(Clock clock, Path folder) throws Exception;

    @BeforeEach
    void open() throws Exception {
        at = new Fixture(open(Clock.systemUTC(), folder), Clock.systemUTC(), folder.resolve("evidence"));
    }

    @AfterEach
    void close() throws Exception {
        at.close();
    }

    @Test
    void a_task_runs_once_and_its_result_is_kept() throws Exception {
        at.start();

        String id = at.client.enqueue(TaskCall.named("demo.echo", Fixture.args().put("hello", "world")));

        TaskStatus status = at.ended(id);
        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.payload()).hasToString("{\"hello\":\"world\"}");
        assertThat(at.stores.broker().counts("default").inFlight()).isZero();
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
    void a_forged_envelope_never_runs_and_never_touches_the_real_status() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        at.handler("pay", context -> runs.incrementAndGet());
        at.start();
        String id = at.enqueue("pay");
        TaskStatus real = at.ended(id);

        at.client(Fixture.OTHER_HMAC)
                .enqueue(TaskCall.named("pay", Fixture.args().put("to", "me")).withId(id));

        Fixture.until(() -> at.letters().size() == 1);
        assertThat(at.letters().getFirst().reason()).isEqualTo("signature-invalid");
        assertThat(at.letters().getFirst().meta().path("keyId").asString()).isEqualTo("primary");
        assertThat(at.stores.results().get(id)).contains(real);
        assertThat(runs).hasValue(1);
        Fixture.until(() -> at.counted("stem_tasks_signature_invalid_total{queue=\"default\",task=\"pay\"}") == 1);
        at.evidence.log().flush();
        assertThat(evidence("task_dead_lettered")).isEqualTo(1);
    }

    @Test
    void an_unsigned_envelope_is_turned_away_and_its_status_says_why() throws Exception {
        at.start();

        String id = at.client(Map.of())
                .enqueue(TaskCall.named("demo.echo", Fixture.args()).withQueue("default"));

        Fixture.until(() -> at.letters().size() == 1);
        assertThat(at.letters().getFirst().meta().path("error").asString()).contains("missing signature");
        // The producer wrote "queued" when it published, and nobody may overwrite it for an envelope without a
        // signature.
        assertThat(at.state(id)).isEqualTo(TaskState.QUEUED);
    }

    @Test
    void an_envelope_in_the_wrong_queue_is_turned_away() throws Exception {
        at.start();
        Envelope elsewhere = envelope("demo.echo", "elsewhere", Fixture.args());

        at.stores.broker().publish(List.of(new Outgoing(Message.fresh(elsewhere), "default", 0, null, false)));

        Fixture.until(() -> at.letters().size() == 1);
        assertThat(at.letters().getFirst().reason()).isEqualTo("queue-mismatch");
    }

    @Test
    void a_task_without_a_handler_is_a_dead_letter() throws Exception {
        at.start();

        String id = at.enqueue("nobody.knows\u2028me");

        assertThat(at.ended(id).error().type()).isEqualTo("UnregisteredTask");
        Fixture.until(() -> at.letters().size() == 1);
        assertThat(at.letters().getFirst().reason()).isEqualTo("unregistered-task");
    }

    @Test
    void a_replayed_envelope_of_a_task_that_succeeded_does_not_run_again() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        at.handler("once", context -> runs.incrementAndGet());
        at.start();
        Envelope envelope = envelope("once", "default", Fixture.args());
        at.stores.broker().publish(List.of(Outgoing.asSigned(Message.fresh(envelope))));
        TaskStatus first = at.ended(envelope.id());

        at.stores.broker().publish(List.of(Outgoing.asSigned(Message.fresh(envelope))));

        Fixture.until(() -> at.letters().size() == 1);
        assertThat(at.letters().getFirst().reason()).isEqualTo("replayed");
        assertThat(runs).hasValue(1);
        assertThat(at.stores.results().get(envelope.id())).contains(first);
    }

    @Test
    void a_replayed_envelope_that_expired_meanwhile_does_not_touch_the_result() throws Exception {
        at.start();
        Envelope envelope = at.signed(
                "demo.echo",
                "default",
                Fixture.args(),
                meta -> meta.put(
                        "stem.expiresAt", TimeText.of(at.clock.instant().plusMillis(1_500))));
        at.stores.broker().publish(List.of(Outgoing.asSigned(Message.fresh(envelope))));
        assertThat(at.ended(envelope.id()).state()).isEqualTo(TaskState.SUCCEEDED);
        Fixture.until(
                () -> TimeText.parse(envelope.meta().path("stem.expiresAt").asString())
                        .orElseThrow()
                        .isBefore(at.clock.instant()));

        at.stores.broker().publish(List.of(Outgoing.asSigned(Message.fresh(envelope))));

        Fixture.until(() -> at.letters().size() == 1);
        assertThat(at.letters().getFirst().reason()).isEqualTo("replayed");
        assertThat(at.state(envelope.id())).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void an_expired_task_is_cancelled() throws Exception {
        String id = at.client.enqueue(TaskCall.named("demo.echo", Fixture.args())
                .withExpires(at.clock.instant().minusSeconds(1)));

        at.start();

        TaskStatus status = at.ended(id);
        assertThat(status.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(status.error().type()).isEqualTo("TaskExpired");
    }

    @Test
    void a_task_revoked_before_its_start_does_not_run() throws Exception {
        String id = at.enqueue("demo.echo");
        at.stores.revocations().upsert(new Revocation("stem", id, 1, at.clock.instant(), false, null, null, null));

        at.start();

        assertThat(at.ended(id).error().type()).isEqualTo("TaskRevoked");
    }

    @Test
    void a_running_task_is_revoked_by_command() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        at.handler("stuck", context -> {
            running.countDown();
            new CountDownLatch(1).await();
            return null;
        });
        Worker worker = at.start();
        String id = at.enqueue("stuck");
        running.await();
        Revocation revocation = new Revocation(
                "stem", id, RevocationJson.micros(at.clock.instant()), at.clock.instant(), true, "enough", null, null);
        ObjectNode payload = Fixture.args();
        payload.putArray("revocations").add(RevocationJson.of(revocation));

        List<ControlReply> replies =
                at.control(Fixture.HMAC).ask("revoke", List.of(worker.id()), payload, Duration.ofSeconds(5));

        assertThat(replies)
                .singleElement()
                .satisfies(reply -> assertThat(reply.signed()).isTrue());
        assertThat(at.ended(id).state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void a_paused_queue_waits_and_goes_on_when_resumed() throws Exception {
        Worker worker = at.start();
        ControlClient control = at.control(Fixture.HMAC);
        assertThat(control.ask("queue_pause", List.of(), Fixture.args(), Duration.ofSeconds(5)))
                .hasSize(1);

        String id = at.enqueue("demo.echo");
        assertThat(at.client.await(id, Duration.ofMillis(700)).orElseThrow().state())
                .isEqualTo(TaskState.QUEUED);
        control.ask("queue_resume", List.of(worker.id()), Fixture.args(), Duration.ofSeconds(5));

        TaskStatus status = at.ended(id);
        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.attempt()).isZero();
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
    void a_warm_shutdown_lets_tasks_finish() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        at.handler("slow", context -> {
            running.countDown();
            go.await();
            return "finished";
        });
        Worker worker = at.start();
        String id = at.enqueue("slow");
        running.await();

        worker.shutdown(Worker.Mode.WARM);
        assertThat(worker.ready()).isFalse();
        assertThat(worker.awaitStopped(Duration.ofMillis(700))).isFalse();
        go.countDown();

        assertThat(worker.awaitStopped(Duration.ofSeconds(10))).isTrue();
        assertThat(at.state(id)).isEqualTo(TaskState.SUCCEEDED);
        Fixture.until(() -> at.stores.results().heartbeats().isEmpty());
    }

    @Test
    void a_soft_shutdown_hands_back_a_task_that_stops_when_asked() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        at.handler("patient", context -> {
            if (runs.incrementAndGet() > 1) {
                return context.attempt();
            }
            while (true) {
                context.checkpoint();
                Thread.sleep(5);
            }
        });
        Worker first = at.start();
        String id = at.enqueue("patient");
        Fixture.until(() -> runs.get() == 1);

        at.stop(first, Worker.Mode.SOFT);
        at.start(at.settings());

        assertThat(at.ended(id).payload()).hasToString("0");
        assertThat(runs).hasValue(2);
    }

    @Test
    void a_hard_shutdown_loses_nothing_and_counts_no_attempt() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        AtomicInteger interrupted = new AtomicInteger();
        at.handler("work", context -> {
            try {
                Thread.sleep(first.get() ? 60_000 : 0);
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
                throw e;
            }
            return context.attempt() + " " + context.signed();
        });
        List<String> ids = at.client.enqueueAll(IntStream.range(0, 20)
                .mapToObj(i -> TaskCall.named("work", Fixture.args()))
                .toList());
        Worker worker = at.start();
        Fixture.until(() -> worker.stats().path("inflight").asInt() == 4);

        at.stop(worker, Worker.Mode.HARD);
        first.set(false);
        assertThat(interrupted).hasValue(4);
        assertThat(at.stores.broker().counts("default").inFlight()).isZero();
        at.start(at.settings());

        for (String id : ids) {
            assertThat(at.ended(id).payload()).hasToString("\"0 true\"");
        }
        assertThat(at.letters()).isEmpty();
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

    @Test
    void every_worker_that_listens_gets_a_broadcast() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        at.handler("all", context -> runs.incrementAndGet());
        WorkerSettings settings = at.settings().withBroadcasts(List.of("news"));
        at.start(settings);
        at.start(settings.withId(WorkerSettings.newId()));
        Fixture.until(() -> at.stores.results().heartbeats().size() == 2);
        Envelope envelope = envelope("all", "news", Fixture.args());
        Fixture.until(() -> at.control(Fixture.HMAC)
                        .ask("ping", List.of(), Fixture.args(), Duration.ofSeconds(3))
                        .size()
                == 2);

        at.stores.broker().broadcast("news", envelope);

        Fixture.until(() -> runs.get() == 2);
        assertThat(at.ended(envelope.id()).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void commands_are_obeyed_when_signed_for_us_fresh_and_new() throws Exception {
        Worker worker = at.start();
        Duration wait = Duration.ofMillis(900);

        assertThat(at.control(Fixture.HMAC).ask("ping", List.of(worker.id()), Fixture.args(), Duration.ofSeconds(5)))
                .singleElement()
                .satisfies(reply -> assertThat(reply.ok()).isTrue());
        assertThat(at.control(Fixture.HMAC).ask("sing", List.of(worker.id()), Fixture.args(), Duration.ofSeconds(5)))
                .singleElement()
                .satisfies(reply -> assertThat(reply.error()).isEqualTo("Unknown control command sing"));
        assertThat(at.control(Fixture.HMAC).ask("ping", List.of("somebody-else"), Fixture.args(), wait))
                .isEmpty();
        assertThat(at.control(Map.of()).ask("shutdown", List.of(worker.id()), Fixture.args(), wait))
                .isEmpty();
        assertThat(at.control(Fixture.OTHER_HMAC).ask("shutdown", List.of(), Fixture.args(), wait))
                .isEmpty();
        assertThat(worker.ready()).isTrue();
        assertThat(at.counted("stem_control_refused_total{reason=\"unsigned\"}"))
                .isEqualTo(1);
        assertThat(at.counted("stem_control_refused_total{reason=\"signature-invalid\"}"))
                .isEqualTo(1);
    }

    @Test
    void unsigned_commands_are_obeyed_when_allowed_by_name() throws Exception {
        Worker worker = at.start(at.settings().withAllowed(false, true, false));

        List<ControlReply> replies =
                at.control(Map.of()).ask("shutdown", List.of(worker.id()), Fixture.args(), Duration.ofSeconds(5));

        assertThat(replies)
                .singleElement()
                .satisfies(reply ->
                        assertThat(reply.payload().path("status").asString()).isEqualTo("initiated"));
        assertThat(worker.awaitStopped(Duration.ofSeconds(10))).isTrue();
    }

    private long evidence(String type) {
        return at.evidence
                .store()
                .read(tx -> at.evidence
                        .log()
                        .page(tx, new AuditLog.Query(null, null, null, null, type, null, 100))
                        .total());
    }

    private Envelope envelope(String name, String queue, ObjectNode args) {
        return at.signed(name, queue, args, meta -> {});
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
