package bulwark.tasks.setup;

import bulwark.tasks.contract.BrokerContract;
import bulwark.tasks.contract.DeadLetterContract;
import bulwark.tasks.contract.FencingContract;
import bulwark.tasks.contract.LimitContract;
import bulwark.tasks.contract.TestStores;
import bulwark.tasks.contract.UniqueContract;
import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.store.TaskStores;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** A broker whose results lie elsewhere does what every broker does. */
class SplitResultBrokerContractTest {
    @Nested
    class Broker extends BrokerContract {
        @Override
        protected TestStores openStores() {
            return new TwoPlaces();
        }
    }

    @Nested
    class Limit extends LimitContract {
        @Override
        protected TestStores openStores() {
            return new TwoPlaces();
        }
    }

    @Nested
    class Unique extends UniqueContract {
        @Override
        protected TestStores openStores() {
            return new TwoPlaces();
        }
    }

    @Nested
    class Fencing extends FencingContract {
        @Override
        protected TestStores openStores() {
            return new TwoPlaces();
        }
    }

    @Nested
    class DeadLetters extends DeadLetterContract {
        @Override
        protected TestStores openStores() {
            return new TwoPlaces();
        }
    }

    private static final class TwoPlaces implements TestStores {
        private final TaskStores stores = joined();
        private final TaskStores elsewhere = joined();

        private static TaskStores joined() {
            TaskStores main = new MemoryStores(Clock.systemUTC());
            TaskStores results = new MemoryStores(Clock.systemUTC());
            TaskStores.StoreSet storeSet = new TaskStores.StoreSet(
                    new SplitResultBroker(main.broker(), results.results(), Clock.systemUTC()),
                    results.results(),
                    main.schedules(),
                    main.locks(),
                    main.revocations(),
                    main.rates());
            return new TaskStoreFactory.Composite(storeSet, List.of(main, results));
        }

        @Override
        public TaskStores stores() {
            return stores;
        }

        @Override
        public TaskStores another() {
            return stores;
        }

        @Override
        public TaskStores elsewhere() {
            return elsewhere;
        }

        @Override
        public void close() {
            stores.close();
            elsewhere.close();
        }
    }
}
