package bulwark.tasks.contract;

import bulwark.tasks.stores.TaskStores;

/** A place under test: fresh for each test method, and closed after it. Time is real. */
public interface Place extends AutoCloseable {
    TaskStores stores();

    /** The same place as another process sees it; where that cannot be had, the same object. Closed by the place. */
    TaskStores another();

    /** Of the same kind, in another namespace or file. Closed by the place. */
    TaskStores elsewhere();

    @Override
    void close();
}
