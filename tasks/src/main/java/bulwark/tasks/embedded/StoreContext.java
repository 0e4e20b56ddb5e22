package bulwark.tasks.embedded;

import bulwark.kernel.storage.Store;
import bulwark.tasks.store.WaiterRegistry;
import java.time.Clock;

/** What the parts of the store's owner share. */
record StoreContext(Store store, Clock clock, WaiterRegistry wakeups) {
    long now() {
        return clock.millis();
    }
}
