package bulwark.tasks.redis;

import bulwark.tasks.contract.BrokerContract;
import bulwark.tasks.contract.FencingContract;
import bulwark.tasks.contract.LockContract;
import bulwark.tasks.contract.Place;
import bulwark.tasks.contract.RateLimiterContract;
import bulwark.tasks.contract.ResultBackendContract;
import bulwark.tasks.contract.RevocationContract;
import bulwark.tasks.contract.ScheduleStoreContract;
import bulwark.testkit.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The place in Redis does what every place must do. */
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
        protected Place place() {
            return new RedisPlace(server);
        }
    }

    @Nested
    class Fencing extends FencingContract {
        @Override
        protected Place place() {
            return new RedisPlace(server);
        }
    }

    @Nested
    class Results extends ResultBackendContract {
        @Override
        protected Place place() {
            return new RedisPlace(server);
        }
    }

    @Nested
    class Locks extends LockContract {
        @Override
        protected Place place() {
            return new RedisPlace(server);
        }
    }

    @Nested
    class Revocations extends RevocationContract {
        @Override
        protected Place place() {
            return new RedisPlace(server);
        }
    }

    @Nested
    class Rates extends RateLimiterContract {
        @Override
        protected Place place() {
            return new RedisPlace(server);
        }
    }

    @Nested
    class Schedules extends ScheduleStoreContract {
        @Override
        protected Place place() {
            return new RedisPlace(server);
        }
    }
}
