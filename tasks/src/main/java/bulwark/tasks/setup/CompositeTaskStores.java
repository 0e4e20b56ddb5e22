package bulwark.tasks.setup;

import bulwark.tasks.store.TaskStores;
import java.util.List;

/** Stores of several backends as one. Locks and rates are the broker's. Closing it closes every backend. */
record CompositeTaskStores(StoreSet storeSet, List<TaskStores> opened) implements TaskStores {
    @Override
    public void close() {
        opened.forEach(TaskStores::close);
    }
}
