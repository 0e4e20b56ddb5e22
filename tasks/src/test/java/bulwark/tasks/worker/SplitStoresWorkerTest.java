package bulwark.tasks.worker;

import bulwark.kernel.config.Configuration;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.setup.TaskStoreFactory;
import bulwark.tasks.store.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** The broker in one store, results and revocations in others, as the settings may say. */
class SplitStoresWorkerTest extends WorkerSuite {
    @Override
    TaskStores open(Clock clock, Path folder) {
        Map<String, String> settings = Map.of(
                "STEM_BROKER_URL", "sqlite:tasks.db",
                "STEM_RESULT_BACKEND_URL", "sqlite:results.db",
                "STEM_REVOKE_STORE_URL", "memory:");
        return TaskStoreFactory.all(Configuration.read(TaskSettings.schema(), settings, folder), folder, clock);
    }
}
