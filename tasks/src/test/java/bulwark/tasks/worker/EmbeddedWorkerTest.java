package bulwark.tasks.worker;

import bulwark.tasks.embedded.EmbeddedStores;
import bulwark.tasks.store.TaskStores;
import java.nio.file.Path;
import java.time.Clock;

class EmbeddedWorkerTest extends WorkerSuite {
    @Override
    TaskStores open(Clock clock, Path folder) {
        return EmbeddedStores.open(folder.resolve("tasks.db"), clock);
    }
}
