package bulwark.tasks.setup;

import bulwark.kernel.config.Configuration;
import bulwark.tasks.schedule.ScheduleStore;
import bulwark.tasks.stores.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** The schedules of the settings, without the other stores: whoever edits schedules needs no broker that is elsewhere. Close it to let the place go. */
public record OpenSchedules(ScheduleStore store, List<TaskStores> places) implements AutoCloseable {
    /**
     * @param directory relative paths are resolved against it
     * @throws Configuration.ConfigurationRefused when a URL names no place
     * @throws bulwark.tasks.broker.BrokerUnavailable when the place cannot be reached
     */
    public static OpenSchedules of(Configuration configuration, Path directory, Clock clock) {
        return OpenStores.schedulesOnly(configuration, directory, clock);
    }

    @Override
    public void close() {
        places.forEach(TaskStores::close);
    }
}
