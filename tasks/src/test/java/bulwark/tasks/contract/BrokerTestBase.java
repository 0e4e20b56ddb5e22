package bulwark.tasks.contract;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.envelope.DeliveryState;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.ResultBackend;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the suites about brokers share. */
abstract class BrokerTestBase {
    private static final Duration RECEIVE_TIMEOUT = Duration.ofSeconds(10);
    TestStores testStores;
    Broker broker;
    /** The same store, as another process sees it. */
    Broker other;

    ResultBackend results;

    protected abstract TestStores openStores();

    @BeforeEach
    public final void open() {
        testStores = openStores();
        broker = testStores.stores().broker();
        other = testStores.another().broker();
        results = testStores.stores().results();
    }

    @AfterEach
    public final void close() {
        testStores.close();
    }

    final Envelope publish(Envelope envelope) {
        broker.publish(List.of(Examples.publication(envelope)));
        return envelope;
    }

    final ReceivedMessage takeOne(Subscription subscription) throws InterruptedException {
        return takeOne(broker, subscription);
    }

    static ReceivedMessage takeOne(Broker from, Subscription subscription) throws InterruptedException {
        Instant end = Instant.now().plus(RECEIVE_TIMEOUT);
        while (Instant.now().isBefore(end)) {
            List<ReceivedMessage> got = from.receive(subscription, 1, Duration.ofMillis(500));
            if (!got.isEmpty()) {
                assertThat(got).hasSize(1);
                return got.getFirst();
            }
        }
        throw new AssertionError("nothing arrived within " + RECEIVE_TIMEOUT);
    }

    final void assertNothingFor(Subscription subscription, Duration time) throws InterruptedException {
        Instant end = Instant.now().plus(time);
        while (Instant.now().isBefore(end)) {
            assertThat(broker.receive(subscription, 1, Duration.ofMillis(200))).isEmpty();
        }
    }

    /** Publishes, takes and buries so many, oldest first. */
    final List<String> bury(String queue, int count) throws InterruptedException {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            publish(Examples.envelope(queue));
            ReceivedMessage got = takeOne(Examples.longSubscription(queue));
            assertThat(broker.settle(List.of(Examples.reject(got, "max-retries-exhausted"))))
                    .containsExactly(true);
            ids.add(Examples.id(got));
        }
        return ids;
    }

    final List<String> replay(String queue, int limit, Duration delay, boolean dry) {
        return broker
                .deadLetters()
                .replay(queue, new DeadLetter.Replay(limit, null, delay, null, dry), BrokerTestBase::nextAttempt)
                .stream()
                .map(BrokerTestBase::taskId)
                .toList();
    }

    static Message nextAttempt(Message message) {
        return new Message(message.envelope(), new DeliveryState(message.attempt() + 1, null, null));
    }

    static List<String> ids(DeadLetter.Page page) {
        return page.deadLetters().stream().map(BrokerTestBase::taskId).toList();
    }

    static String taskId(DeadLetter deadLetter) {
        return Objects.requireNonNull(deadLetter.message()).envelope().id();
    }
}
