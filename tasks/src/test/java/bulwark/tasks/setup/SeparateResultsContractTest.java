package bulwark.tasks.setup;

import bulwark.tasks.contract.BrokerContract;
import bulwark.tasks.contract.FencingContract;
import bulwark.tasks.contract.Place;
import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.stores.TaskStores;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** A broker whose results lie elsewhere does what every broker does. */
class SeparateResultsContractTest {
    @Nested
    class Broker extends BrokerContract {
        @Override
        protected Place place() {
            return new TwoPlaces();
        }
    }

    @Nested
    class Fencing extends FencingContract {
        @Override
        protected Place place() {
            return new TwoPlaces();
        }
    }

    private static final class TwoPlaces implements Place {
        private final TaskStores stores = joined();
        private final TaskStores elsewhere = joined();

        private static TaskStores joined() {
            TaskStores main = new MemoryStores(Clock.systemUTC());
            TaskStores results = new MemoryStores(Clock.systemUTC());
            TaskStores.Parts parts = new TaskStores.Parts(
                    new SeparateResults(main.broker(), results.results(), Clock.systemUTC()),
                    results.results(),
                    main.schedules(),
                    main.locks(),
                    main.revocations(),
                    main.rates());
            return new JoinedStores(parts, List.of(main, results));
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
