package bulwark.tasks.contract;

import static bulwark.tasks.contract.Examples.LEASE;
import static bulwark.tasks.contract.Examples.LONG_LEASE;
import static bulwark.tasks.contract.Examples.ack;
import static bulwark.tasks.contract.Examples.envelope;
import static bulwark.tasks.contract.Examples.id;
import static bulwark.tasks.contract.Examples.longSubscription;
import static bulwark.tasks.contract.Examples.message;
import static bulwark.tasks.contract.Examples.requeue;
import static bulwark.tasks.contract.Examples.subscription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.tasks.broker.Publication;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.envelope.DeliveryState;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rows B1 to B17 of the original system, and after them what it lacks. */
@Timeout(60)
public abstract class BrokerContract extends BrokerTestBase {
    @Test
    public void b01_publish_receive_ack_removes_the_job() throws InterruptedException {
        Envelope sent = publish(envelope("q"));
        Subscription mine = subscription("q");
        ReceivedMessage got = takeOne(mine);
        assertThat(message(got).envelope()).isEqualTo(sent);
        assertThat(message(got).state()).isEqualTo(DeliveryState.FRESH);
        assertThat(got.queue()).isEqualTo("q");
        assertThat(got.receipt().delivery()).isEqualTo(1);
        assertThat(broker.settle(List.of(ack(got)))).containsExactly(true);
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 0, 0, 0));
        assertNothingFor(mine, LEASE.multipliedBy(2));
    }

    @Test
    public void b02_the_publication_decides_the_queue_not_the_envelope() throws InterruptedException {
        Envelope envelope = envelope("elsewhere");
        broker.publish(List.of(new Publication(Message.fresh(envelope), "q", 0, null, true)));
        assertThat(broker.counts("elsewhere").pending()).isZero();
        ReceivedMessage got = takeOne(subscription("q"));
        assertThat(message(got).envelope()).isEqualTo(envelope);
        assertThat(got.queue()).isEqualTo("q");
    }

    @Test
    public void b03_pending_and_in_flight_are_counted() throws InterruptedException {
        publish(envelope("q"));
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(1, 0, 0, 0));
        ReceivedMessage got = takeOne(longSubscription("q"));
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 1, 0, 0));
        broker.settle(List.of(ack(got)));
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 0, 0, 0));
    }

    @Test
    public void b04_a_requeued_message_is_redelivered_with_its_attempt_counted() throws InterruptedException {
        Envelope sent = publish(envelope("q"));
        Subscription mine = longSubscription("q");
        ReceivedMessage got = takeOne(mine);
        Message next = new Message(sent, new DeliveryState(1, null, Examples.now()));
        assertThat(broker.settle(List.of(requeue(got, next, null)))).containsExactly(true);
        ReceivedMessage second = takeOne(mine);
        assertThat(message(second)).isEqualTo(next);
        assertThat(message(second).attempt()).isEqualTo(1);
        assertThat(second.receipt().token()).isGreaterThan(got.receipt().token());
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 1, 0, 0));
    }

    @Test
    public void b05_a_rejected_message_is_never_redelivered() throws InterruptedException {
        publish(envelope("q"));
        Subscription mine = subscription("q");
        ReceivedMessage got = takeOne(mine);
        broker.settle(List.of(new Settlement.Ack(got.receipt(), null)));
        assertNothingFor(mine, LEASE.multipliedBy(2));
        assertThat(broker.counts("q").dead()).isZero();
    }

    @Test
    public void b10_an_idle_subscription_does_not_block_publishing() throws InterruptedException {
        Subscription idle = longSubscription("idle");
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                broker.receive(idle, 1, Duration.ofSeconds(3));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Instant start = Instant.now();
        publish(envelope("q"));
        takeOne(longSubscription("q"));
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(3));
        waiting.interrupt();
        waiting.join(Duration.ofSeconds(10));
    }

    @Test
    public void b11_purging_clears_pending_delayed_and_dead_messages() throws InterruptedException {
        bury("q", 1);
        publish(envelope("q"));
        publish(envelope("q", 9, Examples.now().plusSeconds(60)));
        broker.purge("q");
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 0, 0, 0));
        Envelope next = publish(envelope("q"));
        assertThat(id(takeOne(longSubscription("q")))).isEqualTo(next.id());
    }

    @Test
    public void b12_a_renewed_lease_hides_the_message_until_it_expires() throws InterruptedException {
        publish(envelope("q"));
        ReceivedMessage got = takeOne(subscription("q"));
        Instant start = Instant.now();
        assertThat(broker.renew(List.of(got.receipt()), LEASE.multipliedBy(3))).isEmpty();
        ReceivedMessage second = takeOne(subscription("q"));
        assertThat(Duration.between(start, Instant.now()))
                .isGreaterThan(LEASE.multipliedBy(3).minusMillis(50));
        assertThat(id(second)).isEqualTo(id(got));
    }

    @Test
    public void b13_an_unacknowledged_message_is_redelivered_after_its_lease() throws InterruptedException {
        publish(envelope("q"));
        Instant start = Instant.now();
        ReceivedMessage got = takeOne(subscription("q"));
        ReceivedMessage second = takeOne(subscription("q"));
        assertThat(Duration.between(start, Instant.now())).isBetween(LEASE.minusMillis(50), LEASE.multipliedBy(30));
        assertThat(second.receipt().delivery()).isEqualTo(2);
        assertThat(second.receipt().token()).isGreaterThan(got.receipt().token());
    }

    @Test
    public void b14_a_delayed_job_is_neither_seen_nor_pending_until_due() throws InterruptedException {
        Instant due = Instant.now().plusMillis(800);
        Envelope sent = publish(envelope("q", 3, due.truncatedTo(java.time.temporal.ChronoUnit.MILLIS)));
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 0, 1, 0));
        Subscription mine = longSubscription("q");
        assertThat(broker.receive(mine, 10, Duration.ZERO)).isEmpty();
        ReceivedMessage got = takeOne(mine);
        assertThat(Instant.now()).isBetween(due.minusMillis(50), due.plusSeconds(30));
        assertThat(message(got).envelope()).isEqualTo(sent);
    }

    @Test
    public void b15_priority_9_comes_before_1() throws InterruptedException {
        Envelope low = publish(envelope("q", 1, null));
        Envelope high = publish(envelope("q", 9, null));
        Envelope none = publish(envelope("q", 0, null));
        Subscription mine = longSubscription("q");
        assertThat(List.of(id(takeOne(mine)), id(takeOne(mine)), id(takeOne(mine))))
                .containsExactly(high.id(), low.id(), none.id());
    }

    @Test
    public void b16_a_broadcast_reaches_every_consumer() throws InterruptedException {
        Subscription one = Subscription.toChannel("news", "one-" + UUID.randomUUID(), LONG_LEASE);
        Subscription two = Subscription.toChannel("news", "two-" + UUID.randomUUID(), LONG_LEASE);
        broker.receive(one, 0, Duration.ZERO);
        other.receive(two, 1, Duration.ZERO);
        Envelope sent = envelope("news");
        broker.broadcast("news", sent);
        for (Subscription each : List.of(one, two)) {
            ReceivedMessage got = takeOne(each);
            assertThat(message(got).envelope()).isEqualTo(sent);
            assertThat(got.queue()).isEqualTo("news");
            assertThat(((ReceivedMessage.Delivery) got).broadcast()).isTrue();
            assertThat(broker.settle(List.of(new Settlement.Ack(got.receipt(), null))))
                    .containsExactly(true);
        }
    }

    @Test
    public void b17_namespaces_are_isolated() throws InterruptedException {
        publish(envelope("q"));
        assertThat(testStores.elsewhere().broker().counts("q")).isEqualTo(new QueueCounts(0, 0, 0, 0));
        assertThat(testStores.elsewhere().broker().receive(longSubscription("q"), 1, Duration.ZERO))
                .isEmpty();
    }

    @Test
    public void a_new_broadcast_consumer_receives_only_new_messages() throws InterruptedException {
        broker.broadcast("news", envelope("news"));
        Subscription late = Subscription.toChannel("news", "late-" + UUID.randomUUID(), LONG_LEASE);
        assertNothingFor(late, Duration.ofMillis(300));
        Envelope next = envelope("news");
        broker.broadcast("news", next);
        assertThat(id(takeOne(late))).isEqualTo(next.id());
    }

    @Test
    public void one_subscription_receives_from_many_queues_and_a_channel() throws InterruptedException {
        Subscription all =
                new Subscription(List.of("first", "second"), List.of("news"), "all-" + UUID.randomUUID(), LONG_LEASE);
        assertThat(broker.receive(all, 10, Duration.ZERO)).isEmpty();
        Envelope second = publish(envelope("second"));
        assertThat(id(takeOne(all))).isEqualTo(second.id());
        Envelope news = envelope("news");
        broker.broadcast("news", news);
        assertThat(id(takeOne(all))).isEqualTo(news.id());
        Envelope first = publish(envelope("first", 9, null));
        assertThat(id(takeOne(all))).isEqualTo(first.id());
    }

    @Test
    public void a_waiting_consumer_is_woken_by_a_new_message() throws InterruptedException {
        Subscription mine = longSubscription("q");
        Envelope later = envelope("q", 4, null);
        Thread sender = Thread.ofVirtual().start(() -> {
            await().pollDelay(Duration.ofMillis(200)).until(() -> true);
            publish(later);
        });
        Instant start = Instant.now();
        List<ReceivedMessage> got = broker.receive(mine, 1, Duration.ofSeconds(5));
        assertThat(got).hasSize(1);
        assertThat(id(got.getFirst())).isEqualTo(later.id());
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(2));
        sender.join();
    }

    @Test
    public void receive_returns_at_most_max_messages_in_order() throws InterruptedException {
        List<Envelope> sent =
                IntStream.range(0, 250).mapToObj(i -> envelope("q")).toList();
        broker.publish(sent.stream().map(Examples::publication).toList());
        Subscription mine = longSubscription("q");
        List<ReceivedMessage> first = broker.receive(mine, 100, Duration.ofSeconds(5));
        assertThat(first).hasSize(100);
        List<ReceivedMessage> rest = broker.receive(mine, 1_000, Duration.ofSeconds(5));
        assertThat(rest).hasSize(150);
        assertThat(IntStream.range(0, 250).mapToObj(i -> id(i < 100 ? first.get(i) : rest.get(i - 100))))
                .containsExactlyElementsOf(sent.stream().map(Envelope::id).toList());
    }

    @Test
    public void nonempty_queues_are_listed_and_deleted_ones_are_not() throws InterruptedException {
        publish(envelope("waiting", 5, null));
        publish(envelope("delayed", 0, Examples.now().plusSeconds(60)));
        bury("dead", 1);
        assertThat(broker.queues()).contains("waiting", "delayed", "dead");
        for (String queue : List.of("waiting", "delayed", "dead")) {
            broker.delete(queue);
        }
        assertThat(broker.queues()).doesNotContain("waiting", "delayed", "dead");
    }

    @Test
    public void renewals_of_lost_and_finished_receipts_are_reported() throws InterruptedException {
        publish(envelope("q"));
        publish(envelope("q"));
        Subscription mine = longSubscription("q");
        ReceivedMessage held = takeOne(mine);
        ReceivedMessage finished = takeOne(mine);
        broker.settle(List.of(ack(finished)));
        Receipt invented = new Receipt(
                held.receipt().stream(),
                held.receipt().group(),
                "somebody-else",
                held.receipt().entryId(),
                held.receipt().delivery());
        assertThat(broker.renew(List.of(held.receipt(), finished.receipt(), invented), LONG_LEASE))
                .containsExactly(finished.receipt(), invented);
    }

    @Test
    public void a_message_with_a_renewed_lease_is_delivered_to_no_other_consumer() throws InterruptedException {
        publish(envelope("q"));
        ReceivedMessage got = takeOne(subscription("q"));
        Subscription rival = subscription("q");
        Instant end = Instant.now().plus(LEASE.multipliedBy(3));
        while (Instant.now().isBefore(end)) {
            assertThat(broker.renew(List.of(got.receipt()), LEASE)).isEmpty();
            assertThat(other.receive(rival, 1, LEASE.dividedBy(4))).isEmpty();
        }
        assertThat(broker.settle(List.of(ack(got)))).containsExactly(true);
    }

    @Test
    public void what_no_consumer_would_read_is_refused_when_it_is_sent() throws InterruptedException {
        Envelope envelope = envelope("q");
        Envelope tooLong = new Envelope(
                envelope.id(),
                "demo.echo",
                Examples.object().put("pad", "x".repeat(1 << 20)),
                Map.of(),
                Examples.now(),
                null,
                0,
                0,
                0,
                null,
                "q",
                Examples.object());

        assertThatThrownBy(() -> publish(tooLong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("STEM_MAX_ENVELOPE_BYTES");

        assertThat(broker.counts("q").pending()).isZero();
        assertThat(results.get(tooLong.id())).isEmpty();
    }

    @Test
    public void what_is_just_short_enough_to_be_sent_is_also_read_after_a_retry() throws InterruptedException {
        Envelope envelope = envelope("q");
        Envelope longest = new Envelope(
                envelope.id(),
                "demo.echo",
                Examples.object().put("pad", "x".repeat((1 << 20) - 500)),
                Map.of(),
                Examples.now(),
                null,
                0,
                0,
                0,
                null,
                "q",
                Examples.object());
        publish(longest);
        ReceivedMessage got = takeOne(longSubscription("q"));
        broker.settle(List.of(
                requeue(got, new Message(longest, new DeliveryState(1, Examples.now(), Examples.now())), null)));

        assertThat(message(takeOne(longSubscription("q"))).envelope()).isEqualTo(longest);
    }
}
