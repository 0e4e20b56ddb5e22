package bulwark.tasks.worker;

import bulwark.tasks.store.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Everything that a worker promises, on one kind of store. These tests wait more than they work, so the stores are tested side by side. */
@Execution(ExecutionMode.CONCURRENT)
abstract class WorkerSuite {
    /** A fresh, empty store on the given clock. */
    abstract TaskStores open(Clock clock, Path folder);

    @Nested
    class Running extends RunningContract {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return WorkerSuite.this.open(clock, folder);
        }
    }

    @Nested
    class Refusing extends RefusingContract {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return WorkerSuite.this.open(clock, folder);
        }
    }

    @Nested
    class Control extends ControlContract {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return WorkerSuite.this.open(clock, folder);
        }
    }

    @Nested
    class Ending extends EndingContract {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return WorkerSuite.this.open(clock, folder);
        }
    }

    @Nested
    class Poison extends PoisonContract {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return WorkerSuite.this.open(clock, folder);
        }
    }

    @Nested
    class WaitingCost extends WaitingCostContract {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return WorkerSuite.this.open(clock, folder);
        }
    }

    @Nested
    class PlaceWait extends PlaceWaitContract {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return WorkerSuite.this.open(clock, folder);
        }
    }
}
