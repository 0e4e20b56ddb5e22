package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.AuditLog;
import bulwark.tasks.broker.Outgoing;
import bulwark.tasks.client.TaskCall;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.revocations.Revocation;
import bulwark.tasks.time.TimeText;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

/** What a worker does not run, on every place that keeps tasks. */
@Timeout(60)
abstract class RefusingContract extends AtPlace {
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
}
