package bulwark.tasks.contract;

import bulwark.tasks.store.TaskStores;

/** A store under test: fresh for each test method, and closed after it. Time is real. */
public interface TestStores extends AutoCloseable {
    TaskStores stores();

    /** The same store as another process sees it; where that cannot be had, the same object. Closed with the store. */
    TaskStores another();

    /** Of the same kind, in another namespace or file. Closed with the store. */
    TaskStores elsewhere();

    @Override
    void close();
}
