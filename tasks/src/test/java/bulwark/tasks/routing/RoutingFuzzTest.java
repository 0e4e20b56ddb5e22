package bulwark.tasks.routing;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.tasks.Mutations;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever stands in a routing file: rules that route, or sentences that say what is wrong, and nothing else. */
class RoutingFuzzTest {
    @FuzzTest(maxDuration = "1m")
    void hostile_text_routes_or_is_refused(byte[] bytes) {
        try {
            Routing routing = RoutingFile.parse(new String(bytes, StandardCharsets.UTF_8), "default");
            assertThat(routing.route("billing.charge", Map.of("tier", "gold"), null, 3))
                    .isNotNull();
        } catch (ConfigurationRefused refused) {
            assertThat(refused.sentences()).isNotEmpty();
        }
    }

    @Test
    void mutations_of_a_file_route_or_are_refused() {
        Mutations.of(RoutingFileTest.FILE.getBytes(StandardCharsets.UTF_8), 4714, 5_000)
                .forEach(this::hostile_text_routes_or_is_refused);
    }
}
