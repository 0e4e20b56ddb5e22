package bulwark.tasks.worker;

import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.store.TaskStores;
import java.nio.file.Path;
import java.time.Clock;

class MemoryWorkerTest extends WorkerSuite {
    @Override
    TaskStores open(Clock clock, Path folder) {
        return new MemoryStores(clock);
    }
}
