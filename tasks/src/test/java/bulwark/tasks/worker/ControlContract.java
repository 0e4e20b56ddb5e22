package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.client.TaskCall;
import bulwark.tasks.control.ControlClient;
import bulwark.tasks.control.ControlReply;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.revocations.Revocation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

/** How a worker is told to stop, to pause and to listen, on every place that keeps tasks. */
@Timeout(60)
abstract class ControlContract extends AtPlace {
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
        Worker worker = at.start(at.settings().withAllowed(new WorkerSettings.Allowed(false, true, false)));

        List<ControlReply> replies =
                at.control(Map.of()).ask("shutdown", List.of(worker.id()), Fixture.args(), Duration.ofSeconds(5));

        assertThat(replies)
                .singleElement()
                .satisfies(reply ->
                        assertThat(reply.payload().path("status").asString()).isEqualTo("initiated"));
        assertThat(worker.awaitStopped(Duration.ofSeconds(10))).isTrue();
    }

    private Envelope envelope(String name, String queue, ObjectNode args) {
        return at.signed(name, queue, args, meta -> {});
    }
}
