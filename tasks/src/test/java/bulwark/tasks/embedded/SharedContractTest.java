package bulwark.tasks.embedded;

import bulwark.tasks.contract.BrokerContract;
import bulwark.tasks.contract.FencingContract;
import bulwark.tasks.contract.LockContract;
import bulwark.tasks.contract.Place;
import bulwark.tasks.contract.RateLimiterContract;
import bulwark.tasks.contract.ResultBackendContract;
import bulwark.tasks.contract.RevocationContract;
import bulwark.tasks.contract.ScheduleStoreContract;
import org.junit.jupiter.api.Nested;

/** The file does what every place must do, also for a process that only reaches its holder over the local socket. */
class SharedContractTest {
    @Nested
    class Broker extends BrokerContract {
        @Override
        protected Place place() {
            return FilePlace.shared();
        }
    }

    @Nested
    class Fencing extends FencingContract {
        @Override
        protected Place place() {
            return FilePlace.shared();
        }
    }

    @Nested
    class Results extends ResultBackendContract {
        @Override
        protected Place place() {
            return FilePlace.shared();
        }
    }

    @Nested
    class Locks extends LockContract {
        @Override
        protected Place place() {
            return FilePlace.shared();
        }
    }

    @Nested
    class Revocations extends RevocationContract {
        @Override
        protected Place place() {
            return FilePlace.shared();
        }
    }

    @Nested
    class Rates extends RateLimiterContract {
        @Override
        protected Place place() {
            return FilePlace.shared();
        }
    }

    @Nested
    class Schedules extends ScheduleStoreContract {
        @Override
        protected Place place() {
            return FilePlace.shared();
        }
    }
}
