package bulwark.tasks.setup;

import bulwark.tasks.stores.TaskStores;
import java.util.List;

/** Stores of several places as one. Locks and rates are the broker's. Closing it closes every place. */
record JoinedStores(Parts parts, List<TaskStores> places) implements TaskStores {
    @Override
    public void close() {
        places.forEach(TaskStores::close);
    }
}
