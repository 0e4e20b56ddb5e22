package bulwark.tasks.redis;

import bulwark.tasks.contract.QueueEventsContract;
import bulwark.tasks.contract.TestStores;
import bulwark.testkit.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisQueueEventsTest extends QueueEventsContract {
    private static RedisServer server;

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

    @Override
    protected TestStores openStores() {
        return new RedisTestStores(server);
    }
}
