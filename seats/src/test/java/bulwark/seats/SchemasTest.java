package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.seats.route.SeatRoute;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What routes declare, beside what the API document says of them. */
@Timeout(120)
class SchemasTest {
    @TempDir
    Path folder;

    @Test
    @DisplayName("CSM-01 regression: no schema of any route has a treasury, and each is closed")
    void no_schema_has_a_treasury() throws Exception {
        try (SeatsUnderTest seats = SeatsUnderTest.start(folder)) {
            List<SeatRoute> table = seats.service().api().table();
            assertThat(table).hasSizeGreaterThan(40);
            for (SeatRoute route : table) {
                assertThat(route.rules().body()).noneMatch(rule -> rule.name().equalsIgnoreCase("treasury"));
                assertThat(route.rules().query()).noneMatch(rule -> rule.name().equalsIgnoreCase("treasury"));
            }
            JsonNode paths = SeatsUnderTest.json(seats.get("/v1/openapi.json")).path("paths");
            List<String> documented = new ArrayList<>();
            paths.properties()
                    .forEach(path -> path.getValue().properties().forEach(operation -> {
                        documented.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
                        JsonNode body = operation
                                .getValue()
                                .path("requestBody")
                                .path("content")
                                .path("application/json");
                        if (!body.isMissingNode()) {
                            assertThat(body.path("schema")
                                            .path("additionalProperties")
                                            .booleanValue())
                                    .isFalse();
                        }
                    }));
            assertThat(documented)
                    .containsExactlyInAnyOrderElementsOf(table.stream()
                            .map(route -> route.method() + " " + route.path())
                            .toList());
        }
    }
}
