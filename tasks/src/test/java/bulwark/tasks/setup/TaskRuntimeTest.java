package bulwark.tasks.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.config.Configuration.ConfigurationRefused;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskRuntimeTest {
    @TempDir
    Path folder;

    private TaskRuntime open(String defaultQueue) {
        return TaskRuntime.open(
                Map.of("STEM_DEFAULT_QUEUE", defaultQueue, "STEM_BROKER_URL", "memory:"), folder, Clock.systemUTC());
    }

    @Test
    void the_default_queue_is_checked_like_any_other_before_a_store_is_opened() {
        for (String queue : List.of("mail:p3", "q".repeat(257), "bell\u0007")) {
            assertThatExceptionOfType(ConfigurationRefused.class)
                    .isThrownBy(() -> open(queue))
                    .satisfies(refused -> assertThat(refused.sentences())
                            .singleElement()
                            .asString()
                            .startsWith("STEM_DEFAULT_QUEUE "));
        }
        try (TaskRuntime runtime = open("mail")) {
            assertThat(runtime.routing().route("any", Map.of(), null, 0).name()).isEqualTo("mail");
        }
    }
}
