package bulwark.tasks.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.tasks.Mutations;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are: an envelope that both forms carry unchanged, or {@link EnvelopeRefused}, and nothing else. */
class EnvelopeFuzzTest {
    private static final String SEED =
            "{\"id\":\"0192f000-0000-7000-8000-000000000001\",\"name\":\"demo.task\",\"args\":{\"value\":1,\"x\":[1.5e-9,-0.0,null,\"\\u00e9\\n\"]},\"headers\":{\"stem-args-encoder\":\"json\"},\"enqueuedAt\":\"2026-01-02T03:04:05.678Z\",\"notBefore\":\"2026-01-02T03:04:05.678901Z\",\"priority\":7,\"attempt\":0,\"maxRetries\":3,\"visibilityTimeout\":45000,\"queue\":\"default\",\"meta\":{\"stem.task\":\"demo.task\"},\"delivery\":{\"attempt\":2,\"notBefore\":null,\"firstSeen\":\"2026-01-02T03:04:05.678Z\"}}";

    @FuzzTest(maxDuration = "1m")
    void hostile_json_is_an_envelope_or_refused(byte[] bytes) {
        Message message;
        try {
            message = EnvelopeCodec.ofJson(new String(bytes, StandardCharsets.UTF_8));
        } catch (EnvelopeRefused e) {
            return;
        }
        unchanged(message);
    }

    @FuzzTest(maxDuration = "1m")
    void hostile_fields_are_an_envelope_or_refused(byte[] bytes) {
        Map<String, String> fields = new HashMap<>(EnvelopeCodec.fields(EnvelopeCodec.ofJson(SEED)));
        String[] parts = new String(bytes, StandardCharsets.UTF_8).split("\u0000");
        for (int i = 0; i + 1 < parts.length; i += 2) {
            fields.put(parts[i], parts[i + 1]);
        }
        Message message;
        try {
            message = EnvelopeCodec.ofFields(fields);
        } catch (EnvelopeRefused e) {
            return;
        }
        unchanged(message);
    }

    private static void unchanged(Message message) {
        assertThat(EnvelopeCodec.canonical(message.envelope().args()))
                .isEqualTo(message.envelope().argsJson().canonical());
        assertThat(EnvelopeCodec.canonical(message.envelope().meta()))
                .isEqualTo(message.envelope().metaJson().canonical());
        byte[] canonical = EnvelopeCodec.canonical(message.envelope());
        Message json = EnvelopeCodec.ofJson(EnvelopeCodec.json(message));
        Message fields = EnvelopeCodec.ofFields(EnvelopeCodec.fields(message));
        assertThat(EnvelopeCodec.canonical(json.envelope())).isEqualTo(canonical);
        assertThat(EnvelopeCodec.canonical(fields.envelope())).isEqualTo(canonical);
        assertThat(json.state()).isEqualTo(message.state());
        assertThat(fields.state()).isEqualTo(message.state());
    }

    @Test
    void mutations_of_an_envelope_are_read_or_refused() {
        Random random = new Random(4711);
        byte[] seed = SEED.getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 20_000; round++) {
            hostile_json_is_an_envelope_or_refused(Mutations.mutated(seed, random));
        }
    }

    @Test
    void mutations_of_single_fields_are_read_or_refused() {
        Random random = new Random(4712);
        Map<String, String> fields = EnvelopeCodec.fields(EnvelopeCodec.ofJson(SEED));
        List<String> names = List.copyOf(fields.keySet());
        for (int round = 0; round < 20_000; round++) {
            String name = names.get(random.nextInt(names.size()));
            byte[] value = String.valueOf(fields.get(name)).getBytes(StandardCharsets.UTF_8);
            String changed =
                    value.length == 0 ? "1" : new String(Mutations.mutated(value, random), StandardCharsets.UTF_8);
            hostile_fields_are_an_envelope_or_refused((name + "\u0000" + changed).getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void an_envelope_that_was_cut_off_anywhere_is_refused() {
        for (int length = 0; length < SEED.length(); length++) {
            String cut = SEED.substring(0, length);
            assertThatExceptionOfType(EnvelopeRefused.class).as(cut).isThrownBy(() -> EnvelopeCodec.ofJson(cut));
        }
    }
}
