package bulwark.tasks.memory;

import bulwark.tasks.contract.TestStores;
import bulwark.tasks.store.TaskStores;
import java.time.Clock;

final class MemoryTestStores implements TestStores {
    private final MemoryStores stores = new MemoryStores(Clock.systemUTC());
    private final MemoryStores elsewhere = new MemoryStores(Clock.systemUTC());

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
