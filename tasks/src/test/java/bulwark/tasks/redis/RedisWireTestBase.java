package bulwark.tasks.redis;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.contract.Examples;
import bulwark.tasks.results.ResultBackend;
import bulwark.testkit.RedisServer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/** A Redis, our stores on it, and a client that reads and writes beside them. */
@Timeout(60)
abstract class RedisWireTestBase {
    static RedisServer server;
    RedisStores stores;
    Broker broker;
    Jedis jedis;

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

    @BeforeEach
    void open() {
        // Long enough for sixty megabytes on a slow machine.
        jedis = new Jedis("127.0.0.1", server.port(), 30_000);
        jedis.flushAll();
        stores = RedisStores.open(server.url(), null, "stem", ResultBackend.DEFAULT_RETENTION, Clock.systemUTC());
        broker = stores.broker();
    }

    @AfterEach
    void close() {
        stores.close();
        jedis.close();
    }

    List<ReceivedMessage> take(String queue, int max) throws InterruptedException {
        return broker.receive(Examples.longSubscription(queue), max, Duration.ofSeconds(5));
    }
}
