package bulwark.tasks.embedded;

import bulwark.kernel.storage.Store;
import bulwark.tasks.stores.Wakeups;
import java.time.Clock;

/** What the parts of the holder share. */
record Place(Store store, Clock clock, Wakeups wakeups) {
    long now() {
        return clock.millis();
    }
}
