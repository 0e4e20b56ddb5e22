package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.control.ControlClient;
import bulwark.tasks.control.ControlReply;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.execution.RevocationJson;
import bulwark.tasks.execution.WorkerSettings;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.store.Revocation;
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

/** How a worker is stopped, paused and controlled, on every task store. */
@Timeout(60)
abstract class ControlContract extends WorkerTestBase {
    @Test
    void a_running_task_is_revoked_by_command() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        fixture.handler("stuck", context -> {
            running.countDown();
            new CountDownLatch(1).await();
            return null;
        });
        Worker worker = fixture.start();
        String id = fixture.enqueue("stuck");
        running.await();
        Revocation revocation = new Revocation(
                "stem",
                id,
                RevocationJson.micros(fixture.clock.instant()),
                fixture.clock.instant(),
                true,
                "enough",
                null,
                null);
        ObjectNode payload = WorkerFixture.args();
        payload.putArray("revocations").add(RevocationJson.of(revocation));

        List<ControlReply> replies = fixture.control(WorkerFixture.HMAC)
                .request("revoke", List.of(worker.id()), payload, Duration.ofSeconds(5));

        assertThat(replies)
                .singleElement()
                .satisfies(reply -> assertThat(reply.signed()).isTrue());
        assertThat(fixture.awaitEnd(id).state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void a_paused_queue_waits_and_goes_on_when_resumed() throws Exception {
        Worker worker = fixture.start();
        ControlClient control = fixture.control(WorkerFixture.HMAC);
        assertThat(control.request("queue_pause", List.of(), WorkerFixture.args(), Duration.ofSeconds(5)))
                .hasSize(1);

        String id = fixture.enqueue("demo.echo");
        assertThat(fixture.client
                        .await(id, Duration.ofMillis(700))
                        .orElseThrow()
                        .state())
                .isEqualTo(TaskState.QUEUED);
        control.request("queue_resume", List.of(worker.id()), WorkerFixture.args(), Duration.ofSeconds(5));

        TaskStatus status = fixture.awaitEnd(id);
        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.attempt()).isZero();
    }

    @Test
    void a_warm_shutdown_lets_tasks_finish() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        fixture.handler("slow", context -> {
            running.countDown();
            go.await();
            return "finished";
        });
        Worker worker = fixture.start();
        String id = fixture.enqueue("slow");
        running.await();

        worker.shutdown(Worker.Mode.WARM);
        assertThat(worker.ready()).isFalse();
        assertThat(worker.awaitStopped(Duration.ofMillis(700))).isFalse();
        go.countDown();

        assertThat(worker.awaitStopped(Duration.ofSeconds(10))).isTrue();
        assertThat(fixture.state(id)).isEqualTo(TaskState.SUCCEEDED);
        WorkerFixture.until(() -> fixture.stores.results().heartbeats().isEmpty());
    }

    @Test
    void a_soft_shutdown_hands_back_a_task_that_stops_when_asked() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        fixture.handler("patient", context -> {
            if (runs.incrementAndGet() > 1) {
                return context.attempt();
            }
            while (true) {
                context.checkpoint();
                Thread.sleep(5);
            }
        });
        Worker first = fixture.start();
        String id = fixture.enqueue("patient");
        WorkerFixture.until(() -> runs.get() == 1);

        fixture.stop(first, Worker.Mode.SOFT);
        fixture.start(fixture.settings());

        assertThat(fixture.awaitEnd(id).payload()).hasToString("0");
        assertThat(runs).hasValue(2);
    }

    @Test
    void a_hard_shutdown_loses_nothing_and_counts_no_attempt() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        AtomicInteger interrupted = new AtomicInteger();
        fixture.handler("work", context -> {
            try {
                Thread.sleep(first.get() ? 60_000 : 0);
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
                throw e;
            }
            return context.attempt() + " " + context.signed();
        });
        List<String> ids = fixture.client.enqueueAll(IntStream.range(0, 20)
                .mapToObj(i -> EnqueueRequest.named("work", WorkerFixture.args()))
                .toList());
        Worker worker = fixture.start();
        WorkerFixture.until(() -> worker.stats().path("inflight").asInt() == 4);

        fixture.stop(worker, Worker.Mode.HARD);
        first.set(false);
        assertThat(interrupted).hasValue(4);
        assertThat(fixture.stores.broker().counts("default").inFlight()).isZero();
        fixture.start(fixture.settings());

        for (String id : ids) {
            assertThat(fixture.awaitEnd(id).payload()).hasToString("\"0 true\"");
        }
        assertThat(fixture.deadLetters()).isEmpty();
    }

    @Test
    void every_worker_that_listens_gets_a_broadcast() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        fixture.handler("all", context -> runs.incrementAndGet());
        WorkerSettings settings = fixture.settings().withBroadcasts(List.of("news"));
        fixture.start(settings);
        fixture.start(settings.withId(WorkerSettings.newId()));
        WorkerFixture.until(() -> fixture.stores.results().heartbeats().size() == 2);
        Envelope envelope = envelope("all", "news", WorkerFixture.args());
        WorkerFixture.until(() -> fixture.control(WorkerFixture.HMAC)
                        .request("ping", List.of(), WorkerFixture.args(), Duration.ofSeconds(3))
                        .size()
                == 2);

        fixture.stores.broker().broadcast("news", envelope);

        WorkerFixture.until(() -> runs.get() == 2);
        assertThat(fixture.awaitEnd(envelope.id()).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void signed_fresh_commands_for_this_worker_are_executed() throws Exception {
        Worker worker = fixture.start();
        Duration wait = Duration.ofMillis(900);

        assertThat(fixture.control(WorkerFixture.HMAC)
                        .request("ping", List.of(worker.id()), WorkerFixture.args(), Duration.ofSeconds(5)))
                .singleElement()
                .satisfies(reply -> assertThat(reply.ok()).isTrue());
        assertThat(fixture.control(WorkerFixture.HMAC)
                        .request("sing", List.of(worker.id()), WorkerFixture.args(), Duration.ofSeconds(5)))
                .singleElement()
                .satisfies(reply -> assertThat(reply.error()).isEqualTo("Unknown control command sing"));
        assertThat(fixture.control(WorkerFixture.HMAC)
                        .request("ping", List.of("somebody-else"), WorkerFixture.args(), wait))
                .isEmpty();
        assertThat(fixture.control(Map.of()).request("shutdown", List.of(worker.id()), WorkerFixture.args(), wait))
                .isEmpty();
        assertThat(fixture.control(WorkerFixture.OTHER_HMAC).request("shutdown", List.of(), WorkerFixture.args(), wait))
                .isEmpty();
        assertThat(worker.ready()).isTrue();
        assertThat(fixture.counted("stem_control_refused_total{reason=\"unsigned\"}"))
                .isEqualTo(1);
        assertThat(fixture.counted("stem_control_refused_total{reason=\"signature-invalid\"}"))
                .isEqualTo(1);
    }

    @Test
    void unsigned_commands_are_executed_when_allowed_by_setting() throws Exception {
        Worker worker = fixture.start(fixture.settings().withAllowed(new WorkerSettings.Allowed(false, true, false)));

        List<ControlReply> replies = fixture.control(Map.of())
                .request("shutdown", List.of(worker.id()), WorkerFixture.args(), Duration.ofSeconds(5));

        assertThat(replies)
                .singleElement()
                .satisfies(reply ->
                        assertThat(reply.payload().path("status").asString()).isEqualTo("initiated"));
        assertThat(worker.awaitStopped(Duration.ofSeconds(10))).isTrue();
    }

    private Envelope envelope(String name, String queue, ObjectNode args) {
        return fixture.signed(name, queue, args, meta -> {});
    }
}
