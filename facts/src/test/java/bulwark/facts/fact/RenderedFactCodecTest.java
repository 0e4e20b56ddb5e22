package bulwark.facts.fact;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RenderedFactCodecTest {
    private static final Fact FACT = new Fact(
            1,
            "01a2061c-b361-7f83-8e04-30324c9883b7",
            "default",
            "stigmem://bench/user/person-00015",
            "memory:topic",
            "string",
            "tea \u00e9 \u0001 \"confidence\":",
            "content",
            "agent:bench",
            "2026-11-23T01:54:33.953455+00:00",
            1795398873955L,
            0,
            null,
            1.0,
            "company",
            null,
            null,
            "sha256:ebcf6a1a8755adabafdb882c3173d58dd327d55a7d9ed82e399b363218d3ad0b",
            List.of());

    @Test
    void a_rendered_fact_takes_half_the_space() {
        byte[] json = StrictJson.write(FactRecord.of(FACT, false, List.of(), true));
        byte[] packed = RenderedFactCodec.of(json);
        assertThat(packed.length).isLessThan(json.length / 2);
        assertThat(RenderedFactCodec.expand(packed)).isEqualTo(json);
    }

    @Test
    void any_bytes_come_back_as_they_were() {
        Random random = new Random(1);
        byte[] json = StrictJson.write(FactRecord.of(FACT, true, List.of(), false));
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            assertThat(RenderedFactCodec.expand(RenderedFactCodec.of(bytes))).isEqualTo(bytes);
            byte[] cut = java.util.Arrays.copyOfRange(json, 0, random.nextInt(json.length));
            assertThat(RenderedFactCodec.expand(RenderedFactCodec.of(cut))).isEqualTo(cut);
        }
        assertThat(RenderedFactCodec.expand(RenderedFactCodec.of("{\"id\":\"\n".getBytes(StandardCharsets.US_ASCII))))
                .asString(StandardCharsets.US_ASCII)
                .isEqualTo("{\"id\":\"\n");
    }
}
