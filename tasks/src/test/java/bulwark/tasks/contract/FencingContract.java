package bulwark.tasks.contract;

import static bulwark.tasks.contract.Examples.ack;
import static bulwark.tasks.contract.Examples.envelope;
import static bulwark.tasks.contract.Examples.id;
import static bulwark.tasks.contract.Examples.longSubscription;
import static bulwark.tasks.contract.Examples.message;
import static bulwark.tasks.contract.Examples.publication;
import static bulwark.tasks.contract.Examples.reject;
import static bulwark.tasks.contract.Examples.requeue;
import static bulwark.tasks.contract.Examples.start;
import static bulwark.tasks.contract.Examples.status;
import static bulwark.tasks.contract.Examples.subscription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.Publication;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.RunStart;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may say how a task ended: what is settled, begun and published happens whole, once, and by its holder only. */
@Timeout(60)
public abstract class FencingContract extends BrokerTestBase {
    private static final Duration SHORT = Duration.ofMillis(300);

    private TaskState state(String task) {
        return results.get(task).orElseThrow().state();
    }

    @Test
    public void publishing_records_the_task_as_queued_unless_it_is_known() {
        Envelope sent = publish(envelope("q"));
        TaskStatus queued = results.get(sent.id()).orElseThrow();
        assertThat(queued.state()).isEqualTo(TaskState.QUEUED);
        assertThat(queued.meta().path("task").asString()).isEqualTo("demo.echo");
        assertThat(queued.meta().path("stem.queue").asString()).isEqualTo("q");
        results.put(status(sent.id(), TaskState.RUNNING), null);
        publish(sent);
        assertThat(state(sent.id())).isEqualTo(TaskState.RUNNING);
        Envelope silent = envelope("q");
        broker.publish(List.of(new Publication(Message.fresh(silent), "q", 0, null, false)));
        assertThat(results.get(silent.id())).isEmpty();
    }

    @Test
    public void the_queued_status_of_a_delayed_task_is_there_too() {
        Envelope sent = publish(envelope("q", 0, Examples.now().plusSeconds(60)));
        assertThat(state(sent.id())).isEqualTo(TaskState.QUEUED);
    }

    @Test
    public void publish_once_publishes_an_identity_once() throws InterruptedException {
        Envelope first = envelope("q");
        assertThat(broker.publishOnce("nightly@1", Duration.ofDays(7), publication(first)))
                .isTrue();
        assertThat(other.publishOnce("nightly@1", Duration.ofDays(7), publication(envelope("q"))))
                .isFalse();
        assertThat(broker.publishOnce("nightly@2", Duration.ofDays(7), publication(envelope("q"))))
                .isTrue();
        assertThat(broker.counts("q").pending()).isEqualTo(2);
        ReceivedMessage got = takeOne(longSubscription("q"));
        assertThat(message(got).envelope()).isEqualTo(first);
        assertThat(state(first.id())).isEqualTo(TaskState.QUEUED);
    }

    @Test
    public void concurrent_publish_once_publishes_an_identity_once() throws InterruptedException {
        ConcurrentLinkedQueue<Boolean> answers = new ConcurrentLinkedQueue<>();
        List<Thread> racers = IntStream.range(0, 8)
                .mapToObj(i -> Thread.ofVirtual()
                        .start(() -> answers.add((i % 2 == 0 ? broker : other)
                                .publishOnce("x", Duration.ofDays(1), publication(envelope("q", i % 3, null))))))
                .toList();
        for (Thread racer : racers) {
            racer.join();
        }
        assertThat(answers).hasSize(8).filteredOn(won -> won).hasSize(1);
        assertThat(broker.counts("q").pending()).isEqualTo(1);
    }

    @Test
    public void publish_once_accepts_a_delay() throws InterruptedException {
        Envelope later = envelope("q", 0, Examples.now().plusMillis(500));
        assertThat(broker.publishOnce("x", Duration.ofDays(7), publication(later)))
                .isTrue();
        assertThat(broker.counts("q").delayed()).isEqualTo(1);
        assertThat(id(takeOne(longSubscription("q")))).isEqualTo(later.id());
    }

    @Test
    public void a_delivery_that_begins_is_running_with_its_fence() throws InterruptedException {
        Envelope sent = publish(envelope("q"));
        ReceivedMessage got = takeOne(longSubscription("q"));
        Instant created = results.get(sent.id()).orElseThrow().createdAt();
        assertThat(broker.begin(List.of(start(got)))).containsExactly(RunStart.StartDecision.RUN);
        TaskStatus running = results.get(sent.id()).orElseThrow();
        assertThat(running.state()).isEqualTo(TaskState.RUNNING);
        assertThat(running.createdAt()).isEqualTo(created);
        assertThat(running.meta().path(TaskStatus.FENCE).asString())
                .isEqualTo(got.receipt().token().toString());
    }

    @Test
    public void start_decisions_are_in_the_order_of_their_starts() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            publish(envelope("q"));
        }
        List<ReceivedMessage> got = broker.receive(longSubscription("q"), 3, Duration.ofSeconds(5));
        broker.settle(List.of(ack(got.get(1))));
        assertThat(broker.begin(got.stream().map(Examples::start).toList()))
                .containsExactly(
                        RunStart.StartDecision.RUN, RunStart.StartDecision.LEASE_LOST, RunStart.StartDecision.RUN);
    }

    @Test
    public void a_consumer_that_lost_the_lease_can_neither_begin_nor_renew_nor_settle() throws InterruptedException {
        Envelope sent = publish(envelope("q"));
        ReceivedMessage stale = takeOne(subscription("q"));
        broker.begin(List.of(start(stale)));
        ReceivedMessage fresh = takeOne(other, subscription("q"));
        assertThat(other.begin(List.of(start(fresh)))).containsExactly(RunStart.StartDecision.RUN);
        assertThat(broker.begin(List.of(start(stale)))).containsExactly(RunStart.StartDecision.LEASE_LOST);
        assertThat(broker.renew(List.of(stale.receipt()), Duration.ofSeconds(1)))
                .containsExactly(stale.receipt());
        assertThat(broker.settle(List.of(ack(stale), requeue(stale, message(stale), null), reject(stale, "late"))))
                .containsExactly(false, false, false);
        assertThat(state(sent.id())).isEqualTo(TaskState.RUNNING);
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 1, 0, 0));
        assertThat(other.settle(List.of(ack(fresh)))).containsExactly(true);
        assertThat(state(sent.id())).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    public void a_receipt_is_valid_for_one_delivery_only() throws InterruptedException {
        publish(envelope("q"));
        var mine = subscription("q");
        ReceivedMessage stale = takeOne(mine);
        ReceivedMessage fresh = takeOne(mine);
        assertThat(fresh.receipt().delivery()).isEqualTo(2);
        assertThat(broker.settle(List.of(ack(stale)))).containsExactly(false);
        assertThat(broker.settle(List.of(ack(fresh)))).containsExactly(true);
    }

    @Test
    public void a_message_is_settled_once() throws InterruptedException {
        publish(envelope("q"));
        ReceivedMessage got = takeOne(longSubscription("q"));
        assertThat(broker.settle(List.of(ack(got)))).containsExactly(true);
        assertThat(broker.settle(List.of(ack(got), requeue(got, message(got), null))))
                .containsExactly(false, false);
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 0, 0, 0));
    }

    @Test
    public void each_settlement_of_a_mixed_batch_has_its_own_result() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            publish(envelope("q", i, null));
        }
        List<ReceivedMessage> got = broker.receive(longSubscription("q"), 4, Duration.ofSeconds(5));
        broker.settle(List.of(ack(got.get(1))));
        Instant later = Examples.now().plusSeconds(60);
        assertThat(broker.settle(List.of(
                        ack(got.get(0)),
                        ack(got.get(1)),
                        requeue(got.get(2), message(got.get(2)), later),
                        reject(got.get(3), "no"))))
                .containsExactly(true, false, true, true);
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 0, 1, 1));
        assertThat(got.stream().map(each -> state(id(each))))
                .containsExactly(TaskState.SUCCEEDED, TaskState.SUCCEEDED, TaskState.RETRIED, TaskState.FAILED);
    }

    @Test
    public void a_redelivered_message_of_a_finished_task_is_already_finished() throws InterruptedException {
        publish(envelope("q"));
        takeOne(subscription("q"));
        ReceivedMessage second = takeOne(subscription("q"));
        // As if the first holder's result had been written and its acknowledgement lost.
        results.put(status(id(second), TaskState.SUCCEEDED, second.receipt()), null);
        assertThat(broker.begin(List.of(start(second)))).containsExactly(RunStart.StartDecision.ALREADY_FINISHED);
        assertThat(state(id(second))).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    public void a_copy_of_a_task_that_succeeded_is_a_replay() throws InterruptedException {
        Envelope sent = publish(envelope("q"));
        ReceivedMessage first = takeOne(longSubscription("q"));
        broker.begin(List.of(start(first)));
        broker.settle(List.of(ack(first)));
        publish(sent);
        ReceivedMessage copy = takeOne(longSubscription("q"));
        assertThat(broker.begin(List.of(start(copy)))).containsExactly(RunStart.StartDecision.REPLAYED);
        assertThat(state(sent.id())).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    public void a_copy_of_a_failed_or_queued_task_runs() throws InterruptedException {
        Envelope sent = publish(envelope("q"));
        ReceivedMessage first = takeOne(longSubscription("q"));
        broker.settle(List.of(requeue(first, message(first), null)));
        ReceivedMessage second = takeOne(longSubscription("q"));
        assertThat(broker.begin(List.of(start(second)))).containsExactly(RunStart.StartDecision.RUN);
        broker.settle(List.of(reject(second, "boom")));
        publish(sent);
        assertThat(broker.begin(List.of(start(takeOne(longSubscription("q"))))))
                .containsExactly(RunStart.StartDecision.RUN);
    }

    @Test
    public void a_replayed_dead_letter_may_run_again() throws InterruptedException {
        Envelope sent = publish(envelope("q"));
        ReceivedMessage first = takeOne(longSubscription("q"));
        broker.settle(List.of(ack(first)));
        publish(sent);
        ReceivedMessage copy = takeOne(longSubscription("q"));
        broker.settle(List.of(new Settlement.Reject(
                copy.receipt(),
                new Settlement.Content.WholeMessage(message(copy)),
                "q",
                "replayed",
                Map.of(),
                null,
                null)));
        assertThat(state(sent.id())).isEqualTo(TaskState.SUCCEEDED);
        assertThat(replay("q", 10, Duration.ZERO, false)).containsExactly(sent.id());
        TaskStatus admitted = results.get(sent.id()).orElseThrow();
        assertThat(admitted.state()).isEqualTo(TaskState.QUEUED);
        assertThat(admitted.meta().path("replayCount").asInt()).isEqualTo(1);
        assertThat(admitted.meta().path("lastReplayReason").asString()).isEqualTo("replayed");
        assertThat(admitted.meta().path("lastReplayDelayMs").asInt(-1)).isZero();
        assertThat(admitted.meta().path("lastReplayAt").asString()).isNotEmpty();
        ReceivedMessage again = takeOne(longSubscription("q"));
        assertThat(broker.begin(List.of(start(again)))).containsExactly(RunStart.StartDecision.RUN);
        assertThat(broker.settle(List.of(ack(again)))).containsExactly(true);
        assertThat(state(sent.id())).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    public void a_late_status_with_a_lesser_fencing_token_is_not_written() throws InterruptedException {
        Envelope sent = publish(envelope("q"));
        ReceivedMessage first = takeOne(longSubscription("q"));
        publish(sent);
        ReceivedMessage copy = takeOne(longSubscription("q"));
        broker.settle(List.of(ack(copy)));
        assertThat(broker.settle(List.of(reject(first, "late")))).containsExactly(true);
        assertThat(state(sent.id())).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    public void two_consumers_of_a_queue_never_receive_the_same_message() throws InterruptedException {
        int count = 400;
        broker.publish(IntStream.range(0, count)
                .mapToObj(i -> publication(envelope("q", i % 10, null)))
                .toList());
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        List<Thread> workers = IntStream.range(0, 4)
                .mapToObj(i -> Thread.ofVirtual().start(() -> drain(i % 2 == 0, seen)))
                .toList();
        for (Thread worker : workers) {
            worker.join();
        }
        assertThat(seen).hasSize(count).doesNotHaveDuplicates();
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 0, 0, 0));
    }

    private void drain(boolean first, ConcurrentLinkedQueue<String> seen) {
        var from = first ? broker : other;
        var mine = longSubscription("q");
        try {
            while (true) {
                List<ReceivedMessage> got = from.receive(mine, 16, Duration.ofMillis(300));
                if (got.isEmpty()) {
                    return;
                }
                got.forEach(each -> seen.add(id(each)));
                assertThat(from.begin(got.stream().map(Examples::start).toList()))
                        .containsOnly(RunStart.StartDecision.RUN);
                assertThat(from.settle(got.stream().map(Examples::ack).toList()))
                        .doesNotContain(false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    public void an_entry_tells_of_each_holder_that_died_and_forgets_them_when_it_is_put_back()
            throws InterruptedException {
        publish(Examples.envelope("q"));
        Subscription first = Subscription.toQueue("q", "first", SHORT);
        Subscription second = Subscription.toQueue("q", "second", SHORT);
        Instant before = Examples.now();
        assertThat(takeOne(first).deaths()).isEmpty();
        assertThat(takeOne(second).deaths())
                .extracting(HolderDeath::delivery, HolderDeath::worker)
                .containsExactly(tuple(1L, "first"));

        ReceivedMessage third = takeOne(Subscription.toQueue("q", "third", Duration.ofSeconds(3)));

        assertThat(third.receipt().delivery()).isEqualTo(3);
        assertThat(third.deaths())
                .extracting(HolderDeath::delivery, HolderDeath::worker)
                .containsExactly(tuple(1L, "first"), tuple(2L, "second"));
        assertThat(third.deaths()).allSatisfy(death -> assertThat(death.at()).isBetween(before, Instant.now()));
        broker.settle(List.of(requeue(third, message(third), null)));
        ReceivedMessage fresh = takeOne(first);
        assertThat(fresh.receipt().delivery()).isEqualTo(1);
        assertThat(fresh.deaths()).isEmpty();
    }

    @Test
    public void entries_whose_holders_died_twice_come_one_at_a_time_and_only_to_who_wants_them()
            throws InterruptedException {
        broker.publish(List.of(
                Examples.publication(Examples.envelope("q")),
                Examples.publication(Examples.envelope("q")),
                Examples.publication(Examples.envelope("q"))));
        takeAll(Subscription.toQueue("q", "first", SHORT), 3);
        takeAll(Subscription.toQueue("q", "second", SHORT), 3);
        publish(Examples.envelope("q"));
        Subscription third = Subscription.toQueue("q", "third", Duration.ofMillis(600));

        List<ReceivedMessage> without = new ArrayList<>();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            without.addAll(broker.receive(third, new TakeLimits(10, false, false), Duration.ofMillis(200)));
            return !without.isEmpty();
        });
        assertThat(without)
                .singleElement()
                .satisfies(one -> assertThat(one.receipt().delivery()).isEqualTo(1));
        broker.settle(List.of(ack(without.getFirst())));

        for (int i = 0; i < 3; i++) {
            List<ReceivedMessage> one = new ArrayList<>();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                one.addAll(broker.receive(third, new TakeLimits(10, true, false), Duration.ofMillis(100)));
                return !one.isEmpty();
            });
            assertThat(one)
                    .singleElement()
                    .satisfies(each -> assertThat(each.receipt().delivery()).isEqualTo(3));
            broker.settle(List.of(ack(one.getFirst())));
        }
    }

    private void takeAll(Subscription subscription, int count) {
        List<ReceivedMessage> all = new ArrayList<>();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            all.addAll(broker.receive(subscription, count - all.size(), Duration.ofMillis(100)));
            return all.size() == count;
        });
    }
}
