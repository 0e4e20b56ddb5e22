package bulwark.tasks.redis;

import bulwark.tasks.contract.BrokerContract;
import bulwark.tasks.contract.DeadLetterContract;
import bulwark.tasks.contract.FencingContract;
import bulwark.tasks.contract.LimitContract;
import bulwark.tasks.contract.LockContract;
import bulwark.tasks.contract.RateLimiterContract;
import bulwark.tasks.contract.ResultBackendContract;
import bulwark.tasks.contract.RevocationContract;
import bulwark.tasks.contract.ScheduleStoreContract;
import bulwark.tasks.contract.TestStores;
import bulwark.tasks.contract.UniqueContract;
import bulwark.testkit.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The Redis store does what every task store must do. */
class RedisContractTest {
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

    @Nested
    class Broker extends BrokerContract {
        @Override
        protected TestStores openStores() {
            return new RedisTestStores(server);
        }
    }

    @Nested
    class Limit extends LimitContract {
        @Override
        protected TestStores openStores() {
            return new RedisTestStores(server);
        }
    }

    @Nested
    class Unique extends UniqueContract {
        @Override
        protected TestStores openStores() {
            return new RedisTestStores(server);
        }
    }

    @Nested
    class Fencing extends FencingContract {
        @Override
        protected TestStores openStores() {
            return new RedisTestStores(server);
        }
    }

    @Nested
    class DeadLetters extends DeadLetterContract {
        @Override
        protected TestStores openStores() {
            return new RedisTestStores(server);
        }
    }

    @Nested
    class Results extends ResultBackendContract {
        @Override
        protected TestStores openStores() {
            return new RedisTestStores(server);
        }
    }

    @Nested
    class Locks extends LockContract {
        @Override
        protected TestStores openStores() {
            return new RedisTestStores(server);
        }
    }

    @Nested
    class Revocations extends RevocationContract {
        @Override
        protected TestStores openStores() {
            return new RedisTestStores(server);
        }
    }

    @Nested
    class Rates extends RateLimiterContract {
        @Override
        protected TestStores openStores() {
            return new RedisTestStores(server);
        }
    }

    @Nested
    class Schedules extends ScheduleStoreContract {
        @Override
        protected TestStores openStores() {
            return new RedisTestStores(server);
        }
    }
}
