package bulwark.tasks.embedded;

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
import org.junit.jupiter.api.Nested;

/** The embedded store does what every task store must do, for the process that holds it. */
class AloneContractTest {
    @Nested
    class Broker extends BrokerContract {
        @Override
        protected TestStores openStores() {
            return FileTestStores.alone();
        }
    }

    @Nested
    class Limit extends LimitContract {
        @Override
        protected TestStores openStores() {
            return FileTestStores.alone();
        }
    }

    @Nested
    class Unique extends UniqueContract {
        @Override
        protected TestStores openStores() {
            return FileTestStores.alone();
        }
    }

    @Nested
    class Fencing extends FencingContract {
        @Override
        protected TestStores openStores() {
            return FileTestStores.alone();
        }
    }

    @Nested
    class DeadLetters extends DeadLetterContract {
        @Override
        protected TestStores openStores() {
            return FileTestStores.alone();
        }
    }

    @Nested
    class Results extends ResultBackendContract {
        @Override
        protected TestStores openStores() {
            return FileTestStores.alone();
        }
    }

    @Nested
    class Locks extends LockContract {
        @Override
        protected TestStores openStores() {
            return FileTestStores.alone();
        }
    }

    @Nested
    class Revocations extends RevocationContract {
        @Override
        protected TestStores openStores() {
            return FileTestStores.alone();
        }
    }

    @Nested
    class Rates extends RateLimiterContract {
        @Override
        protected TestStores openStores() {
            return FileTestStores.alone();
        }
    }

    @Nested
    class Schedules extends ScheduleStoreContract {
        @Override
        protected TestStores openStores() {
            return FileTestStores.alone();
        }
    }
}
