package bulwark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.config.Configuration;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Thresholds that no breaker could keep are refused before anything starts. */
class ResilienceSettingsTest {
    @TempDir
    private Path folder;

    @Test
    void a_threshold_out_of_range_is_refused_with_all_others_at_once() {
        Map<String, String> settings = Map.of(
                "STOA_CB_FAILURE_THRESHOLD", "1000000000",
                "STOA_CB_SUCCESS_THRESHOLD", "0",
                "STOA_CB_RESET_TIMEOUT_SECS", "86401",
                "STOA_RETRY__BUDGET_PERCENT", "101");
        assertThatThrownBy(() -> Configuration.read(GatewaySettings.schema(), settings, folder))
                .isInstanceOf(Configuration.ConfigurationRefused.class)
                .hasMessageContaining("STOA_CB_FAILURE_THRESHOLD must be from 1 to 1000")
                .hasMessageContaining("STOA_CB_SUCCESS_THRESHOLD must be from 1 to 1000")
                .hasMessageContaining("STOA_CB_RESET_TIMEOUT_SECS must be from 1 to 86400")
                .hasMessageContaining("STOA_RETRY__BUDGET_PERCENT must be from 0 to 100");
    }

    @Test
    void the_ends_of_each_range_are_accepted() {
        Map<String, String> settings = Map.of(
                "STOA_CB_FAILURE_THRESHOLD",
                "1000",
                "STOA_CB_SUCCESS_THRESHOLD",
                "1",
                "STOA_RETRY__BUDGET_PERCENT",
                "0");
        Configuration read = Configuration.read(GatewaySettings.schema(), settings, folder);
        assertThat(ResilienceSettings.breakers(read).failureThreshold()).isEqualTo(1_000);
        assertThat(ResilienceSettings.breakers(read).successThreshold()).isEqualTo(1);
    }
}
