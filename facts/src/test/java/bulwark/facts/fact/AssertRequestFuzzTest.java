package bulwark.facts.fact;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.web.ApiRefusal;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AssertRequestFuzzTest {
    private static final String[] SEEDS = {
        "{\"entity\":\"user:a\",\"relation\":\"r:x\",\"value\":{\"type\":\"number\",\"v\":-1.5e3},\"source\":\"s\",\"confidence\":0.5}",
        "{\"entity\":\"stigmem://A/b/c d\",\"relation\":\"r\",\"value\":null,\"valid_until\":\"2030-01-01T00:00:00+01:00\","
                + "\"derived_from\":[{\"hash\":\"sha256:" + "0".repeat(64)
                + "\",\"fact_id\":\"f\"}],\"garden_id\":\"x/garden/y\",\"scope\":\"team\"}"
    };
    private static final String[] PIECES = {
        "null", "{}", "[]", "\"\"", "1e999", "-0", "\\u0000", "\\ud800", "true", "\"", "}", ","
    };

    @Test
    void hostile_bytes_are_parsed_or_refused_and_nothing_else() {
        Random random = new Random(42);
        int parsed = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] body = mutated(random, SEEDS[random.nextInt(SEEDS.length)]);
            try {
                AssertRequest request = AssertRequest.parse(body, "agent:caller");
                assertThat(request.entity()).isNotEmpty();
                assertThat(request.confidence()).isBetween(0.0, 1.0);
                parsed++;
            } catch (ApiRefusal expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            }
        }
        assertThat(parsed).isPositive();
    }

    private static byte[] mutated(Random random, String seed) {
        StringBuilder text = new StringBuilder(seed);
        int edits = 1 + random.nextInt(3);
        for (int e = 0; e < edits; e++) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(4)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
                case 2 -> text.setCharAt(at, (char) random.nextInt(0x3000));
                default -> text.replace(at, Math.min(text.length(), at + 4), PIECES[random.nextInt(PIECES.length)]);
            }
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
