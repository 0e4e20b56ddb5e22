package bulwark.kernel.json;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson.JsonRefused;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Whatever the bytes are: a tree whose own text parses to the same text again, or {@link JsonRefused}, and nothing else. */
class StrictJsonFuzzTest {
    private static final byte[] SEED =
            "{\"a\":[1,-2.5e-3,\"x\\ud83d\\ude00\\n\u00e9\",null,true,{\"\":12345678901234567890}],\"b\":1e21}"
                    .getBytes(StandardCharsets.UTF_8);

    @FuzzTest(maxDuration = "1m")
    void hostile_bytes_are_parsed_or_refused(byte[] bytes) {
        JsonNode node;
        try {
            node = StrictJson.parse(bytes);
        } catch (JsonRefused e) {
            return;
        }
        byte[] written = StrictJson.write(node);
        assertThat(StrictJson.write(StrictJson.parse(written))).isEqualTo(written);
        byte[] canonical = CanonicalJson.bytes(node);
        assertThat(CanonicalJson.bytes(StrictJson.parse(canonical))).isEqualTo(canonical);
    }

    @Test
    void mutations_of_a_document_are_parsed_or_refused() {
        Random random = new Random(4711);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = SEED.clone();
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                int at = random.nextInt(bytes.length);
                bytes[at] = random.nextBoolean() ? (byte) random.nextInt(256) : bytes[random.nextInt(bytes.length)];
            }
            hostile_bytes_are_parsed_or_refused(bytes);
        }
    }
}
