package bulwark.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is sent as a policy: one that reads back as itself, or sentences. */
class PolicyJsonFuzzTest {
    private static final List<String> PIECES = List.of(
            "null",
            "{}",
            "[]",
            "\"\"",
            "1e999",
            "-1",
            "\\u0000",
            "true",
            "\"",
            "}",
            ",",
            "cors",
            "caching",
            "rate_limit");

    @FuzzTest(maxDuration = "1m")
    void hostile_bytes_are_a_policy_or_refused(byte[] bytes) {
        List<String> faults = new ArrayList<>();
        ApiPolicy policy = PolicyJson.parse(bytes, faults);
        if (policy == null) {
            assertThat(faults).isNotEmpty().noneMatch(String::isBlank);
        } else {
            assertThat(PolicyJson.parse(StrictJson.write(PolicyJson.fields(policy)), faults))
                    .isEqualTo(policy);
        }
    }

    @Test
    void mutations_of_a_policy_are_a_policy_or_refused() {
        Random random = new Random(8);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder(PolicyJsonTest.FULL);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                int at = random.nextInt(text.length());
                String piece = PIECES.get(random.nextInt(PIECES.size()));
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, piece);
                    default -> text.replace(at, Math.min(text.length(), at + piece.length()), piece);
                }
            }
            hostile_bytes_are_a_policy_or_refused(text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }
}
