package bulwark.tasks.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.UniqueLock;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.store.LockStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lock names only what is stored. */
@Timeout(60)
public abstract class UniqueContract extends BrokerTestBase {
    private static final UniqueLock LOCK = new UniqueLock("stem:unique:k", Duration.ofHours(1));

    private static String publish(Broker by, Envelope envelope) {
        return by.publishUnique(LOCK, Examples.publication(envelope));
    }

    @Test
    public void u01_lock_and_message_are_there_together_and_a_duplicate_is_not() {
        Envelope first = Examples.envelope("q");
        Envelope second = Examples.envelope("q");

        assertThat(publish(broker, first)).isEqualTo(first.id());
        assertThat(publish(other, second)).isEqualTo(first.id());

        assertThat(broker.counts("q").pending()).isEqualTo(1);
        assertThat(testStores.stores().locks().ownerOf(LOCK.key())).contains(first.id());
        assertThat(results.get(first.id()).orElseThrow().state()).isEqualTo(TaskState.QUEUED);
        assertThat(results.get(second.id())).isEmpty();
    }

    @Test
    public void u02_a_call_that_is_repeated_publishes_once() {
        Envelope sent = Examples.envelope("q");
        assertThat(publish(broker, sent)).isEqualTo(sent.id());
        assertThat(publish(broker, sent)).isEqualTo(sent.id());
        assertThat(broker.counts("q").pending()).isEqualTo(1);
    }

    @Test
    public void u03_what_is_refused_leaves_no_lock() {
        Envelope big = Examples.envelope("q");
        big.args().put("text", "x".repeat(Broker.MAX_ENVELOPE_BYTES));
        assertThatThrownBy(() -> publish(broker, big)).isInstanceOf(EnvelopeRefused.class);
        assertThat(testStores.stores().locks().ownerOf(LOCK.key())).isEmpty();
    }

    @Test
    public void u04_after_the_end_of_a_lock_the_next_one_is_published() {
        Envelope first = Examples.envelope("q");
        Envelope second = Examples.envelope("q");
        LockStore locks = testStores.stores().locks();
        publish(broker, first);
        assertThat(locks.release(LOCK.key(), first.id())).isTrue();
        assertThat(publish(broker, second)).isEqualTo(second.id());
        assertThat(broker.counts("q").pending()).isEqualTo(2);
    }

    @Test
    public void u05_of_many_at_once_one_is_published() throws InterruptedException {
        List<String> holders = new CopyOnWriteArrayList<>();
        List<Thread> threads = IntStream.range(0, 16)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    Broker by = i % 2 == 0 ? broker : other;
                    holders.add(publish(by, Examples.envelope("q")));
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(holders).hasSize(16);
        assertThat(holders.stream().distinct()).hasSize(1);
        assertThat(broker.counts("q").pending()).isEqualTo(1);
    }
}
