package bulwark.tasks.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import bulwark.tasks.contract.Examples;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.store.WaiterRegistry;
import bulwark.testkit.RedisServer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Protocol.Command;

/** An error in a thread of the Redis store is survived and reported, and its work goes on. */
@Timeout(60)
class RedisThreadErrorTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private static RedisServer server;

    private final AtomicInteger errors = new AtomicInteger();
    private final RedisConnectionFactory factory =
            new RedisConnectionFactory(RedisUrl.parse(server.url()), null, Broker.MAX_ENVELOPE_BYTES);

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    /** Throws what no code expects, so often as it is told, in the thread of this name. */
    private Supplier<RedisConnection> failingIn(String thread) {
        return () -> {
            if (Thread.currentThread().getName().equals(thread) && errors.getAndDecrement() > 0) {
                throw new StackOverflowError("injected");
            }
            return factory.get();
        };
    }

    private void awaitSurvived(String thread) {
        await().atMost(DEADLINE).until(() -> errors.get() < 0);
        assertThat(EssentialThread.problems()).anyMatch(problem -> problem.contains(thread));
    }

    private @Nullable Object ask(Command command, Object... arguments) {
        RedisConnection connection = factory.get();
        try {
            return connection.call(command, arguments);
        } finally {
            connection.close();
        }
    }

    /** By any client: here the thread that renews is the only one. */
    private long scriptsRun() {
        Matcher calls = Pattern.compile("cmdstat_evalsha:calls=(\\d+)")
                .matcher(RedisReply.text(ask(Command.INFO, "commandstats")));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    @Test
    void long_leases_are_renewed_after_an_error() throws Exception {
        RedisUrl url = RedisUrl.parse(server.url());
        Duration lease = Duration.ofSeconds(2);
        try (RedisConnectionPool pool = new RedisConnectionPool(
                failingIn("redis-leases"), new RedisErrors(url, new TlsErrors(url.host(), false, false)))) {
            RedisBroker broker = new RedisBroker(
                    pool,
                    new RedisKeys("errors"),
                    Clock.systemUTC(),
                    ResultBackend.DEFAULT_RETENTION,
                    Broker.MAX_ENVELOPE_BYTES,
                    16 << 20);
            broker.publish(List.of(Examples.publication(Examples.envelope("q"))));
            Receipt held = broker.receive(Subscription.toQueue("q", "holder", lease), TakeLimits.of(1), DEADLINE)
                    .getFirst()
                    .receipt();
            errors.set(2);
            assertThat(broker.renew(List.of(held), Duration.ofMinutes(1))).isEmpty();
            pool.dropIdle();
            awaitSurvived("redis-leases");

            long before = scriptsRun();
            await().atMost(DEADLINE).until(() -> scriptsRun() >= before + 2);
            assertThat(broker.renew(List.of(held), lease)).isEmpty();
            broker.close();
        }
    }

    @Test
    void waiters_are_woken_after_an_error() throws Exception {
        WaiterRegistry waiters = new WaiterRegistry();
        errors.set(2);
        try (StatusSubscriber subscriber = new StatusSubscriber(failingIn("redis-changes"), waiters);
                WaiterRegistry.Waiter waiter = waiters.register(List.of("channel"))) {
            subscriber.subscribe("channel");
            awaitSurvived("redis-changes");

            await().atMost(DEADLINE).until(() -> {
                ask(Command.PUBLISH, "channel", "changed");
                return waiter.await(100);
            });
        }
    }
}
