package bulwark.tasks.worker;

import bulwark.kernel.config.Configuration;
import bulwark.tasks.setup.OpenStores;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.stores.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The broker in one place, results and revocations in others, as the settings may say. */
@Execution(ExecutionMode.CONCURRENT)
class SeparatePlacesWorkerTest {
    private static TaskStores at(Clock clock, Path folder) {
        Map<String, String> settings = Map.of(
                "STEM_BROKER_URL", "sqlite:tasks.db",
                "STEM_RESULT_BACKEND_URL", "sqlite:results.db",
                "STEM_REVOKE_STORE_URL", "memory:");
        return OpenStores.all(Configuration.read(TaskSettings.schema(), settings, folder), folder, clock);
    }

    @Nested
    class Running extends RunningContract {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return at(clock, folder);
        }
    }

    @Nested
    class Refusing extends RefusingContract {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return at(clock, folder);
        }
    }

    @Nested
    class Control extends ControlContract {
        @Override
        TaskStores open(Clock clock, Path folder) {
            return at(clock, folder);
        }
    }
}
