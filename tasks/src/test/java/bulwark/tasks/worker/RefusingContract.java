package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.tasks.broker.Publication;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.store.Revocation;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

/** What a worker does not run, on every task store. */
@Timeout(60)
abstract class RefusingContract extends WorkerTestBase {
    @Test
    void a_forged_envelope_never_runs_and_never_touches_the_real_status() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        fixture.handler("pay", context -> runs.incrementAndGet());
        fixture.start();
        String id = fixture.enqueue("pay");
        TaskStatus real = fixture.awaitEnd(id);

        fixture.client(WorkerFixture.OTHER_HMAC)
                .enqueue(EnqueueRequest.named("pay", WorkerFixture.args().put("to", "me"))
                        .withId(id));

        WorkerFixture.until(() -> fixture.deadLetters().size() == 1);
        assertThat(fixture.deadLetters().getFirst().reason()).isEqualTo("signature-invalid");
        assertThat(fixture.deadLetters().getFirst().meta().path("keyId").asString())
                .isEqualTo("primary");
        assertThat(fixture.stores.results().get(id)).contains(real);
        assertThat(runs).hasValue(1);
        WorkerFixture.until(
                () -> fixture.counted("stem_tasks_signature_invalid_total{queue=\"default\",task=\"pay\"}") == 1);
        fixture.evidence.log().flush();
        assertThat(evidence("task_dead_lettered")).isEqualTo(1);
    }

    @Test
    void an_unsigned_envelope_is_rejected_and_its_status_says_why() throws Exception {
        fixture.start();

        String id = fixture.client(Map.of())
                .enqueue(EnqueueRequest.named("demo.echo", WorkerFixture.args()).withQueue("default"));

        WorkerFixture.until(() -> fixture.deadLetters().size() == 1);
        assertThat(fixture.deadLetters().getFirst().meta().path("error").asString())
                .contains("missing signature");
        TaskStatus status = fixture.awaitEnd(id);
        assertThat(status.state()).isEqualTo(TaskState.FAILED);
        assertThat(status.error().message()).contains("missing signature");
        assertThat(status.meta().has(TaskStatus.FENCE)).isFalse();
    }

    @Test
    void a_forged_envelope_does_not_end_a_real_task_that_waits() throws Exception {
        String id = fixture.client.enqueue(EnqueueRequest.named("demo.echo", WorkerFixture.args())
                .withNotBefore(fixture.clock.instant().plusSeconds(3_600)));
        TaskStatus real = fixture.stores.results().get(id).orElseThrow();
        fixture.start();

        fixture.client(WorkerFixture.OTHER_HMAC)
                .enqueue(EnqueueRequest.named("demo.echo", WorkerFixture.args()).withId(id));
        Envelope valid = envelope("demo.echo", "default", WorkerFixture.args().put("to", "me"));
        Envelope altered = new Envelope(
                id,
                valid.name(),
                valid.args(),
                valid.headers(),
                valid.enqueuedAt(),
                valid.notBefore(),
                valid.priority(),
                valid.attempt(),
                valid.maxRetries(),
                valid.visibilityTimeoutMs(),
                valid.queue(),
                valid.meta());
        fixture.stores.broker().publish(List.of(Publication.asSigned(Message.fresh(altered))));

        WorkerFixture.until(() -> fixture.deadLetters().size() == 2);
        assertThat(fixture.stores.results().get(id)).contains(real);
    }

    @Test
    void an_envelope_in_the_wrong_queue_is_rejected() throws Exception {
        fixture.start();
        Envelope elsewhere = envelope("demo.echo", "elsewhere", WorkerFixture.args());

        fixture.stores.broker().publish(List.of(new Publication(Message.fresh(elsewhere), "default", 0, null, true)));

        assertThat(fixture.awaitEnd(elsewhere.id()).error().type()).isEqualTo("QueueMismatch");
        WorkerFixture.until(() -> fixture.deadLetters().size() == 1);
        assertThat(fixture.deadLetters().getFirst().reason()).isEqualTo("queue-mismatch");
    }

    @Test
    void a_broadcast_that_nobody_signed_does_not_touch_the_status_of_a_real_task() throws Exception {
        fixture.start(fixture.settings().withBroadcasts(List.of("news")));
        String id = fixture.enqueue("demo.echo");
        TaskStatus real = fixture.awaitEnd(id);
        Envelope valid = envelope("demo.echo", "news", WorkerFixture.args());
        fixture.stores
                .broker()
                .broadcast(
                        "news",
                        new Envelope(
                                id,
                                valid.name(),
                                valid.args(),
                                Map.of(),
                                valid.enqueuedAt(),
                                null,
                                0,
                                0,
                                0,
                                null,
                                "news",
                                valid.meta()));

        WorkerFixture.until(() -> fixture.stores
                        .broker()
                        .deadLetters()
                        .page("news", 0, 10, null)
                        .deadLetters()
                        .size()
                == 1);
        assertThat(fixture.stores.results().get(id)).contains(real);
    }

    @Test
    void a_task_without_a_handler_is_a_dead_letter() throws Exception {
        fixture.start();

        String id = fixture.enqueue("nobody.knows\u2028me");

        assertThat(fixture.awaitEnd(id).error().type()).isEqualTo("UnregisteredTask");
        WorkerFixture.until(() -> fixture.deadLetters().size() == 1);
        assertThat(fixture.deadLetters().getFirst().reason()).isEqualTo("unregistered-task");
    }

    @Test
    void a_replayed_envelope_of_a_task_that_succeeded_does_not_run_again() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        fixture.handler("once", context -> runs.incrementAndGet());
        fixture.start();
        Envelope envelope = envelope("once", "default", WorkerFixture.args());
        fixture.stores.broker().publish(List.of(Publication.asSigned(Message.fresh(envelope))));
        TaskStatus first = fixture.awaitEnd(envelope.id());

        fixture.stores.broker().publish(List.of(Publication.asSigned(Message.fresh(envelope))));

        WorkerFixture.until(() -> fixture.deadLetters().size() == 1);
        assertThat(fixture.deadLetters().getFirst().reason()).isEqualTo("replayed");
        assertThat(runs).hasValue(1);
        assertThat(fixture.stores.results().get(envelope.id())).contains(first);
    }

    @Test
    void a_replayed_envelope_that_expired_meanwhile_does_not_touch_the_result() throws Exception {
        fixture.start();
        Envelope envelope = fixture.signed(
                "demo.echo",
                "default",
                WorkerFixture.args(),
                meta -> meta.put(
                        "stem.expiresAt",
                        DartTimestamps.of(fixture.clock.instant().plusMillis(1_500))));
        fixture.stores.broker().publish(List.of(Publication.asSigned(Message.fresh(envelope))));
        assertThat(fixture.awaitEnd(envelope.id()).state()).isEqualTo(TaskState.SUCCEEDED);
        WorkerFixture.until(() -> DartTimestamps.parse(
                        envelope.meta().path("stem.expiresAt").asString())
                .orElseThrow()
                .isBefore(fixture.clock.instant()));

        fixture.stores.broker().publish(List.of(Publication.asSigned(Message.fresh(envelope))));

        WorkerFixture.until(() -> fixture.deadLetters().size() == 1);
        assertThat(fixture.deadLetters().getFirst().reason()).isEqualTo("replayed");
        assertThat(fixture.state(envelope.id())).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void an_expired_task_is_cancelled() throws Exception {
        String id = fixture.client.enqueue(EnqueueRequest.named("demo.echo", WorkerFixture.args())
                .withExpires(fixture.clock.instant().minusSeconds(1)));

        fixture.start();

        TaskStatus status = fixture.awaitEnd(id);
        assertThat(status.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(status.error().type()).isEqualTo("TaskExpired");
    }

    @Test
    void a_task_revoked_before_its_start_does_not_run() throws Exception {
        String id = fixture.enqueue("demo.echo");
        fixture.stores
                .revocations()
                .upsert(new Revocation("stem", id, 1, fixture.clock.instant(), false, null, null, null));

        fixture.start();

        assertThat(fixture.awaitEnd(id).error().type()).isEqualTo("TaskRevoked");
    }

    private long evidence(String type) {
        return fixture.evidence
                .store()
                .read(tx -> fixture.evidence
                        .log()
                        .page(tx, new AuditLog.Query(null, null, null, null, type, null, 100))
                        .total());
    }

    private Envelope envelope(String name, String queue, ObjectNode args) {
        return fixture.signed(name, queue, args, meta -> {});
    }
}
