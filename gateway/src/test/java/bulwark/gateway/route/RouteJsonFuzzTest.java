package bulwark.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is sent as a route: a route that a table takes and that reads back as itself, or sentences. */
class RouteJsonFuzzTest {
    private static final List<String> PIECES =
            List.of("null", "{}", "[]", "\"\"", "1e999", "-1", "\\u0000", "\\ud800", "true", "\"", "}", ",", "/", "..");

    @FuzzTest(maxDuration = "1m")
    void hostile_bytes_are_a_route_or_refused(byte[] bytes) {
        try {
            ApiRoute route = RouteJson.parse(bytes);
            assertThat(RouteJson.parse(StrictJson.write(RouteJson.fields(route))))
                    .isEqualTo(route);
            assertThat(RouteTable.of(List.of(route), ApiRoute::id).routes()).containsExactly(route);
        } catch (RoutesRefused refused) {
            assertThat(refused.sentences()).isNotEmpty().noneMatch(String::isBlank);
        }
    }

    @Test
    void mutations_of_a_route_are_a_route_or_refused() {
        Random random = new Random(8);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder(RouteJsonTest.FULL);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                int at = random.nextInt(text.length());
                String piece = PIECES.get(random.nextInt(PIECES.size()));
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, piece);
                    default -> text.replace(at, Math.min(text.length(), at + piece.length()), piece);
                }
            }
            hostile_bytes_are_a_route_or_refused(text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }
}
