package bulwark.app.stem;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShowConfigTest {
    @TempDir
    Path folder;

    @Test
    void every_setting_of_tasks_is_printed_with_value_source_and_purpose() throws Exception {
        Files.writeString(folder.resolve(".env"), "STEM_CONCURRENCY=3\n");
        CommandResult ran = CommandResult.stem(folder, Map.of("STEM_LEASE", "1m"), "--show-config");
        assertThat(ran.code()).isZero();
        assertThat(ran.out().lines())
                .anyMatch(line -> line.matches("NAME +VALUE +SOURCE +PURPOSE"))
                .anyMatch(line -> line.matches("STEM_LEASE +1m +environment +.*silent worker.*"))
                .anyMatch(line -> line.matches("STEM_CONCURRENCY +3 +.env +.*"))
                .anyMatch(line -> line.matches("STEM_DEFAULT_QUEUE +default +default +.*"));
    }

    @Test
    void a_setting_that_a_service_would_refuse_is_shown_with_the_reason() {
        CommandResult ran = CommandResult.stem(
                folder, Map.of("STEM_LEASE", "soon", "STEM_DASHBOARD_NAMESPACE", "x"), "--show-config");
        assertThat(ran.code()).isOne();
        assertThat(ran.err())
                .contains("error: STEM_LEASE (environment) must be a duration")
                .contains("warning: STEM_DASHBOARD_NAMESPACE has no effect in this version");
    }
}
