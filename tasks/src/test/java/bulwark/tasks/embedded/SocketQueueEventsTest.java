package bulwark.tasks.embedded;

import bulwark.tasks.contract.QueueEventsContract;
import bulwark.tasks.contract.TestStores;

class SocketQueueEventsTest extends QueueEventsContract {
    @Override
    protected TestStores openStores() {
        return FileTestStores.shared();
    }
}
