package bulwark.tasks.setup;

import bulwark.kernel.config.Configuration;
import bulwark.tasks.schedule.ScheduleStore;
import bulwark.tasks.store.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** The schedules of the settings, without the other stores: editing schedules needs no broker of another store. Close it to release the store. */
public record ScheduleAccess(ScheduleStore store, List<TaskStores> opened) implements AutoCloseable {
    /**
     * @param directory relative paths are resolved against it
     * @throws Configuration.ConfigurationRefused when a URL names no store
     * @throws bulwark.tasks.broker.BrokerUnavailable when the store cannot be reached
     */
    public static ScheduleAccess of(Configuration configuration, Path directory, Clock clock) {
        return TaskStoreFactory.schedulesOnly(configuration, directory, clock);
    }

    @Override
    public void close() {
        opened.forEach(TaskStores::close);
    }
}
