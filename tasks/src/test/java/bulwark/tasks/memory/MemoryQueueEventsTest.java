package bulwark.tasks.memory;

import bulwark.tasks.contract.QueueEventsContract;
import bulwark.tasks.contract.TestStores;

class MemoryQueueEventsTest extends QueueEventsContract {
    @Override
    protected TestStores openStores() {
        return new MemoryTestStores();
    }
}
