package bulwark.tasks.worker;

import bulwark.tasks.broker.FencingToken;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.stores.TaskStores;
import java.nio.file.Path;
import java.time.Clock;

class MemoryWorkerTest extends WorkerContract {
    @Override
    protected TaskStores open(Clock clock, Path folder) {
        return new MemoryStores(clock);
    }

    @Override
    protected Receipt receipt(TaskStatus running, FencingToken token) {
        String worker = running.meta().path("worker").asString();
        return new Receipt("default", "queue", worker, token.entryId(), token.delivery());
    }
}
