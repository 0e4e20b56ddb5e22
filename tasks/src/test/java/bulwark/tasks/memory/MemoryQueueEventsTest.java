package bulwark.tasks.memory;

import bulwark.tasks.contract.Place;
import bulwark.tasks.contract.QueueEventsContract;

class MemoryQueueEventsTest extends QueueEventsContract {
    @Override
    protected Place place() {
        return new MemoryPlace();
    }
}
