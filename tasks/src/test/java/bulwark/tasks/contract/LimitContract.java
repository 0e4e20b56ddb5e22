package bulwark.tasks.contract;

import static bulwark.tasks.contract.Examples.ack;
import static bulwark.tasks.contract.Examples.id;
import static bulwark.tasks.contract.Examples.longSubscription;
import static bulwark.tasks.contract.Examples.message;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.broker.LimitedStart;
import bulwark.tasks.broker.LimitedStart.LimitDecision;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.StartLimit;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.envelope.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What limits hold back waits beside the queue, in order, and comes when it may start. */
@Timeout(60)
public abstract class LimitContract extends BrokerTestBase {
    private static final Duration HOUR = Duration.ofHours(1);
    private final Subscription mine = longSubscription("q");

    private static List<StartLimit> limits(int limit, Duration per) {
        return List.of(new StartLimit("k", limit, per));
    }

    private static LimitedStart start(ReceivedMessage message, List<StartLimit> limits) {
        return new LimitedStart(message.receipt(), message(message), message.queue(), limits);
    }

    private List<String> publish(int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> publish(Examples.envelope("q")).id())
                .toList();
    }

    private List<ReceivedMessage> take(int number) throws InterruptedException {
        List<ReceivedMessage> taken = new ArrayList<>();
        while (taken.size() < number) {
            taken.addAll(broker.receive(mine, number - taken.size(), Duration.ofSeconds(5)));
        }
        return taken;
    }

    private List<LimitDecision> limit(List<ReceivedMessage> messages, List<StartLimit> limits) {
        return broker.limit(messages.stream().map(each -> start(each, limits)).toList());
    }

    @Test
    public void w01_what_gets_no_start_comes_back_in_order_when_it_may_start() throws InterruptedException {
        List<String> ids = publish(6);
        List<StartLimit> limits = limits(2, Duration.ofMillis(600));
        List<ReceivedMessage> taken = take(6);

        long from = System.nanoTime();

        assertThat(limit(taken, limits)).containsExactlyElementsOf(decisions(2, 4));

        broker.settle(taken.subList(0, 2).stream().map(Examples::ack).toList());
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(4, 0, 0, 0));
        List<ReceivedMessage> later = take(4);
        assertThat(later.stream().map(Examples::id).toList()).isEqualTo(ids.subList(2, 6));
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofMillis(1100));
        assertThat(later).allMatch(each -> ((ReceivedMessage.Delivery) each).limitsPassed());
        assertThat(broker.settle(later.stream().map(Examples::ack).toList())).containsOnly(true);
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 0, 0, 0));
    }

    private static List<LimitDecision> decisions(int started, int laidAside) {
        List<LimitDecision> decisions = new ArrayList<>(Collections.nCopies(started, LimitDecision.START));
        decisions.addAll(Collections.nCopies(laidAside, LimitDecision.LAID_ASIDE));
        return decisions;
    }

    @Test
    public void w02_a_start_is_taken_out_of_every_limit_or_out_of_none() throws InterruptedException {
        publish(8);
        List<ReceivedMessage> taken = take(8);
        StartLimit group = new StartLimit("group", 4, HOUR);
        List<StartLimit> both = List.of(group, new StartLimit("own", 1, HOUR));

        assertThat(limit(taken.subList(0, 4), both)).containsExactlyElementsOf(decisions(1, 3));
        assertThat(limit(taken.subList(4, 8), List.of(group))).containsExactlyElementsOf(decisions(3, 1));
    }

    @Test
    public void w03_nothing_overtakes_what_waits_for_the_same_limits() throws InterruptedException {
        List<String> ids = publish(3);
        List<StartLimit> limits = limits(1, Duration.ofMillis(400));
        assertThat(limit(take(2), limits)).containsExactlyElementsOf(decisions(1, 1));
        ReceivedMessage third = takeOne(mine);
        ReceivedMessage next = id(third).equals(ids.get(1)) ? third : null;
        if (next == null) {
            limit(List.of(third), limits);
            next = takeOne(mine);
        }
        assertThat(id(next)).isEqualTo(ids.get(1));
    }

    @Test
    public void w04_of_what_waits_the_higher_priority_comes_first() throws InterruptedException {
        publish(2);
        String urgent = publish(Examples.envelope("q", 7, null)).id();
        List<ReceivedMessage> taken = take(3);
        List<StartLimit> limits = limits(1, Duration.ofMillis(300));
        List<StartLimit> closed = limits(0, Duration.ofMillis(1));
        assertThat(limit(taken, closed)).containsExactlyElementsOf(decisions(0, 3));

        // The limits of the newest message count for all that wait for them.
        publish(1);
        limit(List.of(takeOne(mine)), limits);
        assertThat(id(takeOne(mine))).isEqualTo(urgent);
    }

    @Test
    public void w05_what_waits_belongs_to_its_queue_and_is_purged_with_it() throws InterruptedException {
        publish(3);
        limit(take(3), limits(0, Duration.ofMillis(50)));
        assertThat(broker.counts("q").pending()).isEqualTo(3);
        assertThat(other.counts("q").pending()).isEqualTo(3);

        broker.purge("q");

        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 0, 0, 0));
        String fresh = publish(1).getFirst();
        ReceivedMessage taken = takeOne(mine);
        assertThat(id(taken)).isEqualTo(fresh);
        assertThat(limit(List.of(taken), limits(1, HOUR))).containsExactly(LimitDecision.START);
    }

    @Test
    public void w06_a_message_that_is_no_longer_held_neither_starts_nor_is_laid_aside() throws InterruptedException {
        publish(1);
        ReceivedMessage taken = takeOne(mine);
        broker.settle(List.of(ack(taken)));

        assertThat(limit(List.of(taken), limits(0, HOUR))).containsExactly(LimitDecision.LEASE_LOST);
        assertThat(broker.counts("q")).isEqualTo(new QueueCounts(0, 0, 0, 0));
    }

    @Test
    public void w07_what_passed_its_limits_and_lost_its_holder_is_redelivered_with_its_start()
            throws InterruptedException {
        String id = publish(1).getFirst();
        assertThat(limit(take(1), limits(0, Duration.ofMillis(1)))).containsExactly(LimitDecision.LAID_ASIDE);
        publish(1);
        limit(List.of(takeOne(mine)), limits(50, Duration.ofMillis(50)));
        Subscription dies = Examples.subscription("q");
        assertThat(id(takeOne(broker, dies))).isEqualTo(id);

        ReceivedMessage again = takeOne(other, Examples.subscription("q"));
        while (!id(again).equals(id)) {
            again = takeOne(other, Examples.subscription("q"));
        }
        assertThat(again.receipt().delivery()).isEqualTo(2);
        assertThat(((ReceivedMessage.Delivery) again).limitsPassed()).isTrue();
        assertThat(again.deaths()).hasSize(1);
    }

    @Test
    public void w08_a_message_is_the_same_after_it_waited() throws InterruptedException {
        Envelope sent = publish(Examples.envelope("q", 4, null));
        limit(take(1), limits(0, Duration.ofMillis(1)));
        publish(1);
        limit(List.of(takeOne(mine)), limits(9, Duration.ofMillis(9)));

        assertThat(message(takeOne(mine)).envelope()).isEqualTo(sent);
    }
}
