package bulwark.tasks.embedded;

import bulwark.tasks.contract.Place;
import bulwark.tasks.contract.QueueEventsContract;

class SqliteQueueEventsTest extends QueueEventsContract {
    @Override
    protected Place place() {
        return FilePlace.alone();
    }
}
