package bulwark.tasks.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.contract.Examples;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskState;
import bulwark.testkit.RedisServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that goes away and comes back: nothing is lost, nobody has to help. */
@Timeout(120)
class RedisOutageTest {
    private static RedisStores open(RedisServer server) {
        return RedisStores.open(server.url(), null, "stem", ResultBackend.DEFAULT_RETENTION, Clock.systemUTC());
    }

    @Test
    void a_durable_server_killed_under_load_loses_nothing_that_was_answered() throws InterruptedException {
        try (RedisServer server = RedisServer.durable();
                RedisStores stores = open(server)) {
            Set<String> sent = ConcurrentHashMap.newKeySet();
            AtomicLong settled = new AtomicLong();
            AtomicBoolean sending = new AtomicBoolean(true);
            AtomicBoolean working = new AtomicBoolean(true);
            List<Thread> threads = List.of(
                    Thread.ofVirtual().start(() -> whileOn(sending, () -> send(stores, sent))),
                    Thread.ofVirtual().start(() -> work(stores, "one", working, settled)),
                    Thread.ofVirtual().start(() -> work(stores, "two", working, settled)));
            try {
                for (int i = 0; i < 4; i++) {
                    long then = settled.get();
                    await().atMost(Duration.ofSeconds(20)).until(() -> settled.get() > then + 30);
                    server.kill();
                    server.startAgain();
                }
                sending.set(false);
                threads.getFirst().join();
                await().atMost(Duration.ofSeconds(30))
                        .ignoreExceptionsInstanceOf(BrokerUnavailable.class)
                        .until(() -> stores.broker().counts("q").equals(new QueueCounts(0, 0, 0, 0)));
            } finally {
                sending.set(false);
                working.set(false);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            for (String task : sent) {
                assertThat(stores.results().get(task).orElseThrow().state()).isEqualTo(TaskState.SUCCEEDED);
            }
        }
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    private static void whileOn(AtomicBoolean on, Step step) {
        while (on.get()) {
            try {
                step.run();
            } catch (BrokerUnavailable away) {
                LockSupport.parkNanos(5_000_000);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void send(RedisStores stores, Set<String> sent) {
        Envelope envelope = Examples.envelope("q");
        stores.broker().publish(List.of(Examples.publication(envelope)));
        sent.add(envelope.id());
    }

    private static void work(RedisStores stores, String name, AtomicBoolean working, AtomicLong settled) {
        var mine = Subscription.toQueue("q", name, Examples.LEASE);
        whileOn(working, () -> {
            List<ReceivedMessage> got = stores.broker().receive(mine, 16, Duration.ofMillis(100));
            stores.broker().begin(got.stream().map(Examples::start).toList());
            settled.addAndGet(
                    stores.broker().settle(got.stream().map(Examples::ack).toList()).stream()
                            .filter(good -> good)
                            .count());
        });
    }

    @Test
    void an_outage_shows_in_each_call_and_heals_by_itself() throws InterruptedException {
        try (RedisServer server = RedisServer.durable();
                RedisStores stores = open(server)) {
            var mine = Examples.longSubscription("q");
            assertThat(stores.broker().receive(mine, 1, Duration.ZERO)).isEmpty();
            server.stop();
            assertThatThrownBy(() -> stores.broker().receive(mine, 1, Duration.ofSeconds(1)))
                    .isInstanceOf(BrokerUnavailable.class);
            assertThatThrownBy(() -> stores.broker().ping())
                    .isInstanceOf(BrokerUnavailable.class)
                    .hasMessageContaining("is it running");
            server.startAgain();
            stores.broker().publish(List.of(Examples.publication(Examples.envelope("q"))));
            assertThat(stores.broker().receive(mine, 1, Duration.ofSeconds(5))).hasSize(1);
        }
    }

    @Test
    void consumer_groups_are_recreated_after_the_server_lost_its_data() throws InterruptedException {
        try (RedisServer server = RedisServer.start();
                RedisStores stores = open(server)) {
            var mine = Examples.longSubscription("q");
            stores.broker().receive(mine, 1, Duration.ZERO);
            server.kill();
            server.startAgain();
            // The call that meets the broken connection may fail; the next finds the new server.
            await().ignoreExceptionsInstanceOf(BrokerUnavailable.class).until(() -> {
                stores.broker().publish(List.of(Examples.publication(Examples.envelope("q"))));
                return true;
            });
            assertThat(stores.broker().receive(mine, 1, Duration.ofSeconds(5))).hasSize(1);
        }
    }

    @Test
    void an_unresponsive_server_times_out() {
        try (RedisServer server = RedisServer.start();
                RedisStores stores = open(server)) {
            server.freeze();
            try {
                Instant start = Instant.now();
                assertThatThrownBy(() -> stores.broker().ping())
                        .isInstanceOf(BrokerUnavailable.class)
                        .hasMessageContaining("did not answer in time");
                assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(20));
            } finally {
                server.resume();
            }
            stores.broker().ping();
        }
    }

    @Test
    void closing_wakes_every_waiter() throws InterruptedException {
        try (RedisServer server = RedisServer.start()) {
            RedisStores stores = open(server);
            Thread waiting = Thread.ofVirtual().start(() -> {
                try {
                    stores.broker().receive(Examples.longSubscription("q"), 1, Duration.ofSeconds(5));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            await().until(() -> stores.broker().queues().contains("q"));
            stores.close();
            assertThat(waiting.join(Duration.ofSeconds(3))).isTrue();
            assertThatThrownBy(() -> stores.broker().ping()).hasMessageContaining("closed");
        }
    }
}
