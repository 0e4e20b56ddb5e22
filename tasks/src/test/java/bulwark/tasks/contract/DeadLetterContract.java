package bulwark.tasks.contract;

import static bulwark.tasks.contract.Examples.envelope;
import static bulwark.tasks.contract.Examples.longSubscription;
import static bulwark.tasks.contract.Examples.message;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.broker.Publication;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeDigest;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.JsonNodeFactory;

/** What a dead letter says of its task, and what it keeps. */
@Timeout(60)
public abstract class DeadLetterContract extends BrokerTestBase {
    private TaskState state(String task) {
        return results.get(task).orElseThrow().state();
    }

    @Test
    public void a_forged_copy_never_changes_the_status_of_a_real_task() throws InterruptedException {
        Envelope real = publish(envelope("q"));
        TaskStatus before = results.get(real.id()).orElseThrow();
        ReceivedMessage forged = takeOne(longSubscription("q"));
        broker.settle(List.of(new Settlement.Reject(
                forged.receipt(),
                new Settlement.Content.WholeMessage(message(forged)),
                "q",
                "signature-invalid",
                Map.of("error", "signature mismatch"),
                unfenced("forged", real.id(), TaskState.FAILED),
                "the digest of another envelope")));
        assertThat(results.get(real.id())).contains(before);
        assertThat(broker.counts("q").dead()).isEqualTo(1);
    }

    @Test
    public void the_enqueued_message_ends_its_task_although_no_signature_vouches_for_it() throws InterruptedException {
        Envelope enqueued = publish(envelope("q"));
        Instant created = results.get(enqueued.id()).orElseThrow().createdAt();
        ReceivedMessage taken = takeOne(longSubscription("q"));
        broker.settle(List.of(new Settlement.Reject(
                taken.receipt(),
                new Settlement.Content.WholeMessage(message(taken)),
                "q",
                "signature-invalid",
                Map.of("error", "signature mismatch"),
                unfenced("unvouched", enqueued.id(), TaskState.FAILED),
                EnvelopeDigest.of("q", message(taken).envelope()))));
        assertThat(state(enqueued.id())).isEqualTo(TaskState.FAILED);
        assertThat(results.get(enqueued.id()).orElseThrow().createdAt()).isEqualTo(created);
    }

    @Test
    public void a_copy_of_the_message_in_another_queue_does_not_end_the_task() throws InterruptedException {
        Envelope real = publish(envelope("q"));
        broker.publish(List.of(new Publication(Message.fresh(real), "elsewhere", 0, null, true)));
        ReceivedMessage copy = takeOne(longSubscription("elsewhere"));
        broker.settle(List.of(new Settlement.Reject(
                copy.receipt(),
                new Settlement.Content.WholeMessage(message(copy)),
                "elsewhere",
                "queue-mismatch",
                Map.of(),
                unfenced("copied", real.id(), TaskState.FAILED),
                EnvelopeDigest.of("elsewhere", message(copy).envelope()))));
        assertThat(state(real.id())).isEqualTo(TaskState.QUEUED);
    }

    @Test
    public void a_replayed_message_ends_its_task_again() throws InterruptedException {
        Envelope enqueued = publish(envelope("q"));
        ReceivedMessage taken = takeOne(longSubscription("q"));
        broker.settle(List.of(unvouched(taken)));
        replay("q", 10, Duration.ZERO, false);
        assertThat(state(enqueued.id())).isEqualTo(TaskState.QUEUED);
        broker.settle(List.of(unvouched(takeOne(longSubscription("q")))));
        assertThat(state(enqueued.id())).isEqualTo(TaskState.FAILED);
    }

    private static Settlement unvouched(ReceivedMessage message) {
        return new Settlement.Reject(
                message.receipt(),
                new Settlement.Content.WholeMessage(message(message)),
                "q",
                "signature-invalid",
                Map.of(),
                unfenced("unvouched", message(message).envelope().id(), TaskState.FAILED),
                EnvelopeDigest.of("q", message(message).envelope()));
    }

    private static TaskStatus unfenced(String why, String id, TaskState state) {
        return new TaskStatus(
                id,
                state,
                null,
                null,
                JsonNodeFactory.instance.objectNode().put("why", why),
                0,
                Examples.now(),
                Examples.now());
    }
}
