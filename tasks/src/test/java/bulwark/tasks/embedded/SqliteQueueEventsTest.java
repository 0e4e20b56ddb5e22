package bulwark.tasks.embedded;

import bulwark.tasks.contract.QueueEventsContract;
import bulwark.tasks.contract.TestStores;

class SqliteQueueEventsTest extends QueueEventsContract {
    @Override
    protected TestStores openStores() {
        return FileTestStores.alone();
    }
}
