package bulwark.tasks.contract;

import static bulwark.tasks.contract.Examples.envelope;
import static bulwark.tasks.contract.Examples.id;
import static bulwark.tasks.contract.Examples.longSubscription;
import static bulwark.tasks.contract.Examples.message;
import static bulwark.tasks.contract.Examples.reject;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.Publication;
import bulwark.tasks.broker.QueueCounts;
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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.JsonNodeFactory;

/** How dead letters are listed, found, replayed and removed, and what they say of their tasks. */
@Timeout(60)
public abstract class DeadLetterContract extends BrokerTestBase {
    private TaskState state(String task) {
        return results.get(task).orElseThrow().state();
    }

    @Test
    public void b06_a_dead_letter_is_listed_with_reason_and_meta() throws InterruptedException {
        Instant before = Examples.now().minusSeconds(1);
        Envelope sent = publish(envelope("q"));
        ReceivedMessage got = takeOne(longSubscription("q"));
        assertThat(broker.settle(List.of(reject(got, "signature-invalid")))).containsExactly(true);
        DeadLetter.Page page = broker.deadLetters().page("q", 0, 10, null);
        assertThat(page.nextOffset()).isEqualTo(-1);
        DeadLetter deadLetter = page.deadLetters().getFirst();
        assertThat(deadLetter.message()).isEqualTo(Message.fresh(sent));
        assertThat(deadLetter.reason()).isEqualTo("signature-invalid");
        assertThat(deadLetter.meta()).isEqualTo(Examples.object().put("error", "boom"));
        assertThat(deadLetter.deadAt()).isBetween(before, Examples.now().plusSeconds(1));
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 0, 0, 1));
    }

    @Test
    public void b07_dead_letters_are_found_by_id_and_purged() throws InterruptedException {
        List<String> ids = bury("q", 3);
        assertThat(broker.deadLetters().one("q", new DeadLetter.OfTask(ids.get(1))))
                .hasValueSatisfying(deadLetter ->
                        assertThat(deadLetter.message().envelope().id()).isEqualTo(ids.get(1)));
        assertThat(broker.deadLetters().one("q", new DeadLetter.OfTask("nobody")))
                .isEmpty();
        assertThat(broker.deadLetters().purge("q", 1, null)).isEqualTo(1);
        assertThat(broker.deadLetters().one("q", new DeadLetter.OfTask(ids.get(2))))
                .isEmpty();
        assertThat(broker.deadLetters().purge("q", null, Examples.now().plusSeconds(60)))
                .isZero();
        assertThat(broker.deadLetters().purge("q", null, null)).isEqualTo(2);
        assertThat(broker.deadLetters().page("q", 0, 10, null).deadLetters()).isEmpty();
    }

    @Test
    public void b08_a_dry_run_of_a_replay_keeps_and_a_real_one_redelivers() throws InterruptedException {
        List<String> ids = bury("q", 3);
        assertThat(replay("q", 2, Duration.ZERO, true)).containsExactly(ids.get(0), ids.get(1));
        assertThat(broker.counts("q").dead()).isEqualTo(3);
        assertThat(broker.counts("q").pending()).isZero();
        assertThat(replay("q", 2, Duration.ZERO, false)).containsExactly(ids.get(0), ids.get(1));
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(2, 0, 0, 1));
        ReceivedMessage got = takeOne(longSubscription("q"));
        assertThat(id(got)).isEqualTo(ids.getFirst());
        assertThat(message(got).attempt()).isEqualTo(1);
    }

    @Test
    public void b09_a_replay_with_a_delay_is_hidden_until_due() throws InterruptedException {
        String task = bury("q", 1).getFirst();
        Instant start = Instant.now();
        assertThat(replay("q", 10, Duration.ofMillis(700), false)).containsExactly(task);
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 0, 1, 0));
        assertThat(id(takeOne(longSubscription("q")))).isEqualTo(task);
        assertThat(Duration.between(start, Instant.now())).isGreaterThanOrEqualTo(Duration.ofMillis(690));
    }

    @Test
    public void dead_letters_are_listed_newest_first_in_pages() throws InterruptedException {
        List<String> ids = bury("q", 5);
        DeadLetter.Page first = broker.deadLetters().page("q", 0, 2, null);
        assertThat(ids(first)).containsExactly(ids.get(4), ids.get(3));
        assertThat(first.nextOffset()).isEqualTo(2);
        assertThat(ids(broker.deadLetters().page("q", 4, 2, null))).containsExactly(ids.get(0));
        assertThat(broker.deadLetters().page("q", 4, 2, null).nextOffset()).isEqualTo(-1);
        assertThat(broker.deadLetters()
                        .page("q", 0, 9, Examples.now().plusSeconds(60))
                        .deadLetters())
                .isEmpty();
    }

    @Test
    public void a_malformed_dead_letter_is_kept_and_not_replayed() throws InterruptedException {
        publish(envelope("q"));
        ReceivedMessage got = takeOne(longSubscription("q"));
        broker.settle(List.of(new Settlement.Reject(
                got.receipt(),
                new Settlement.Content.RawFields(Map.of("name", "", "x", "é")),
                "q",
                "malformed",
                Map.of(),
                null,
                null)));
        DeadLetter deadLetter =
                broker.deadLetters().page("q", 0, 10, null).deadLetters().getFirst();
        assertThat(deadLetter.message()).isNull();
        assertThat(deadLetter.fields()).isEqualTo(Map.of("name", "", "x", "é"));
        assertThat(replay("q", 10, Duration.ZERO, false)).isEmpty();
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 0, 0, 1));
    }

    @Test
    public void concurrent_replays_replay_a_dead_letter_once() throws InterruptedException {
        bury("q", 20);
        ConcurrentLinkedQueue<String> replayed = new ConcurrentLinkedQueue<>();
        List<Thread> operators = IntStream.range(0, 4)
                .mapToObj(i -> Thread.ofVirtual()
                        .start(() -> (i % 2 == 0 ? broker : other)
                                .deadLetters()
                                .replay(
                                        "q",
                                        new DeadLetter.Replay(20, null, Duration.ZERO, null, false),
                                        BrokerTestBase::nextAttempt)
                                .forEach(deadLetter -> replayed.add(taskId(deadLetter)))))
                .toList();
        for (Thread operator : operators) {
            operator.join();
        }
        assertThat(replayed).hasSize(20).doesNotHaveDuplicates();
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(20, 0, 0, 0));
    }

    @Test
    public void only_one_task_is_replayed_when_it_is_named() throws InterruptedException {
        List<String> ids = bury("q", 3);
        assertThat(broker.deadLetters()
                        .replay(
                                "q",
                                new DeadLetter.Replay(
                                        10, null, Duration.ZERO, new DeadLetter.OfTask(ids.get(1)), false),
                                BrokerTestBase::nextAttempt))
                .hasSize(1);
        assertThat(broker.deadLetters().one("q", new DeadLetter.OfTask(ids.get(1))))
                .isEmpty();
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(1, 0, 0, 2));
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
        List<DeadLetter> both = broker.deadLetters().page("q", 0, 10, null).deadLetters();
        assertThat(both).extracting(DeadLetter::taskId).containsExactly("", "");
        assertThat(both)
                .extracting(DeadLetter::entry)
                .doesNotHaveDuplicates()
                .allMatch(entry -> entry.matches("[0-9a-f]+"));
        DeadLetter first = both.getLast();
        DeadLetter.Entry name = new DeadLetter.Entry(first.entry());

        assertThat(broker.deadLetters().one("q", name)).contains(first);
        assertThat(broker.deadLetters().one("q", new DeadLetter.Entry("0"))).isEmpty();
        assertThat(broker.deadLetters().one("q", new DeadLetter.Entry("no entry")))
                .isEmpty();
        assertThat(replayed(Duration.ZERO, name, true)).containsExactly(first);
        assertThat(broker.counts("q").dead()).isEqualTo(2);
        assertThat(replayed(Duration.ZERO, name, false)).containsExactly(first);
        assertThat(replayed(Duration.ZERO, name, false)).isEmpty();

        assertThat(takeOne(longSubscription("q")))
                .isInstanceOfSatisfying(
                        ReceivedMessage.Malformed.class,
                        malformed -> assertThat(malformed.fields()).isEqualTo(first.fields()));
        assertThat(broker.deadLetters().page("q", 0, 10, null).deadLetters()).containsExactly(both.getFirst());
    }

    @Test
    public void what_is_no_envelope_comes_back_after_its_delay_and_as_it_was() throws InterruptedException {
        for (Duration delay : List.of(Duration.ofHours(1), Duration.ofSeconds(1))) {
            broker.purge("q");
            buryMalformed("no envelope");
            DeadLetter malformed =
                    broker.deadLetters().page("q", 0, 10, null).deadLetters().getFirst();
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
        return broker.deadLetters().replay("q", new DeadLetter.Replay(10, null, delay, name, dry), message -> message);
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
