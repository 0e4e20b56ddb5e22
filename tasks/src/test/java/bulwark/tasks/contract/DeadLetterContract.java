package bulwark.tasks.contract;

import static bulwark.tasks.contract.Examples.envelope;
import static bulwark.tasks.contract.Examples.longSubscription;
import static bulwark.tasks.contract.Examples.message;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.broker.DeadLetter;
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

    /** Buries something that is no envelope and names no task, as it is. */
    private void buryMalformed(String text) throws InterruptedException {
        publish(envelope("q"));
        ReceivedMessage taken = takeOne(longSubscription("q"));
        broker.settle(List.of(new Settlement.Reject(
                taken.receipt(),
                new Settlement.Content.RawFields(Map.of("json", text)),
                "q",
                "malformed-envelope",
                Map.of("error", "it is no JSON"),
                null,
                "nothing")));
    }

    @Test
    public void what_names_no_task_is_shown_and_replayed_by_its_entry() throws InterruptedException {
        buryMalformed("no \"envelope\" é\u0001");
        buryMalformed("another");
        List<DeadLetter> both = broker.deadLetters("q", 0, 10, null).deadLetters();
        assertThat(both).extracting(DeadLetter::taskId).containsExactly("", "");
        assertThat(both)
                .extracting(DeadLetter::entry)
                .doesNotHaveDuplicates()
                .allMatch(entry -> entry.matches("[0-9a-f]+"));
        DeadLetter first = both.getLast();
        DeadLetter.Entry name = new DeadLetter.Entry(first.entry());

        assertThat(broker.deadLetter("q", name)).contains(first);
        assertThat(broker.deadLetter("q", new DeadLetter.Entry("0"))).isEmpty();
        assertThat(broker.deadLetter("q", new DeadLetter.Entry("no entry"))).isEmpty();
        assertThat(replayed(Duration.ZERO, name, true)).containsExactly(first);
        assertThat(broker.counts("q").dead()).isEqualTo(2);
        assertThat(replayed(Duration.ZERO, name, false)).containsExactly(first);
        assertThat(replayed(Duration.ZERO, name, false)).isEmpty();

        assertThat(takeOne(longSubscription("q")))
                .isInstanceOfSatisfying(
                        ReceivedMessage.Malformed.class,
                        malformed -> assertThat(malformed.fields()).isEqualTo(first.fields()));
        assertThat(broker.deadLetters("q", 0, 10, null).deadLetters()).containsExactly(both.getFirst());
    }

    @Test
    public void what_is_no_envelope_comes_back_after_its_delay_and_as_it_was() throws InterruptedException {
        for (Duration delay : List.of(Duration.ofHours(1), Duration.ofSeconds(1))) {
            broker.purge("q");
            buryMalformed("no envelope");
            DeadLetter malformed =
                    broker.deadLetters("q", 0, 10, null).deadLetters().getFirst();
            assertThat(replayed(delay, new DeadLetter.Entry(malformed.entry()), false))
                    .containsExactly(malformed);
            if (delay.toHours() > 0) {
                assertThat(broker.counts("q").delayed()).isEqualTo(1);
                assertThat(broker.receive(longSubscription("q"), 1, Duration.ZERO))
                        .isEmpty();
            } else {
                assertThat(takeOne(longSubscription("q")))
                        .isInstanceOfSatisfying(
                                ReceivedMessage.Malformed.class,
                                again -> assertThat(again.fields()).isEqualTo(malformed.fields()));
            }
        }
    }

    private List<DeadLetter> replayed(Duration delay, DeadLetter.Name name, boolean dry) {
        return broker.replay("q", new DeadLetter.Replay(10, null, delay, name, dry), message -> message);
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
