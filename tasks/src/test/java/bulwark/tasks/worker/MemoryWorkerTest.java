package bulwark.tasks.worker;

import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.stores.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class MemoryWorkerTest {
    private static TaskStores at(Clock clock, Path folder) {
        return new MemoryStores(clock);
    }

    @Nested
    class Running extends RunningContract {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return at(clock, folder);
        }
    }

    @Nested
    class Refusing extends RefusingContract {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return at(clock, folder);
        }
    }

    @Nested
    class Control extends ControlContract {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return at(clock, folder);
        }
    }
}
