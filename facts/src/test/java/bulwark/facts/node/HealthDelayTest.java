package bulwark.facts.node;

import static bulwark.facts.FactsFixture.TRUSTED;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.facts.FactsFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Health while evidence cannot be written: green for a short disturbance, red after sixty seconds, green again once everything stands signed. */
@Timeout(60)
class HealthDelayTest {
    @TempDir
    Path folder;

    @Test
    void health_is_red_sixty_seconds_after_heads_could_no_longer_be_kept_and_green_when_they_are() throws Exception {
        Path second = Files.createDirectory(folder.resolve("second"));
        Map<String, String> settings =
                Map.of("STIGMEM_HEAD_PATH", second.resolve("head.json").toString());
        try (FactsFixture facts = new FactsFixture(folder, settings)) {
            write(facts, 1);
            assertThat(facts.heads.signNow()).isTrue();

            moveAway(second);
            write(facts, 2);
            assertThat(facts.heads.signNow()).isFalse();
            facts.clock.advance(Duration.ofSeconds(59));
            assertThat(facts.heads.signNow()).isFalse();
            assertThat(health(facts)).isEqualTo(200);
            facts.clock.advance(Duration.ofSeconds(1));
            assertThat(health(facts)).isEqualTo(503);
            assertThat(facts.heads.problem()).contains("cannot be signed and kept");

            Files.delete(second);
            Files.move(folder.resolve("away"), second);
            write(facts, 3);
            assertThat(facts.heads.signNow()).isTrue();
            assertThat(health(facts)).isEqualTo(200);
        }
    }

    private void moveAway(Path second) throws IOException {
        Files.move(second, folder.resolve("away"));
        Files.writeString(second, "no folder");
    }

    private static void write(FactsFixture facts, int value) {
        assertThat(facts.post("{\"entity\":\"user:a\",\"relation\":\"memory:x\",\"value\":" + value + "}")
                        .status())
                .isEqualTo(201);
    }

    private static int health(FactsFixture facts) {
        return facts.call(TRUSTED, "GET", "/healthz", "").status();
    }
}
