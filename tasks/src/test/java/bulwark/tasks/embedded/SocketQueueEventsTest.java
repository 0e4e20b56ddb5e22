package bulwark.tasks.embedded;

import bulwark.tasks.contract.Place;
import bulwark.tasks.contract.QueueEventsContract;

class SocketQueueEventsTest extends QueueEventsContract {
    @Override
    protected Place place() {
        return FilePlace.shared();
    }
}
