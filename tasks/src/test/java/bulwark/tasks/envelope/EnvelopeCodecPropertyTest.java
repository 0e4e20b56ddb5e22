package bulwark.tasks.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Whatever is sent arrives, in either form, and what was signed is what is verified. */
class EnvelopeCodecPropertyTest {
    private static final int ROUNDS = 5_000;

    @Test
    void both_forms_read_back_as_they_were_and_are_signed_alike() {
        RandomEnvelopes envelopes = new RandomEnvelopes(17);
        for (int round = 0; round < ROUNDS; round++) {
            Message message = envelopes.next();
            Message json = EnvelopeCodec.ofJson(EnvelopeCodec.json(message));
            Message fields = EnvelopeCodec.ofFields(EnvelopeCodec.fields(message));
            byte[] canonical = EnvelopeCodec.canonical(message.envelope());
            assertThat(EnvelopeCodec.canonical(json.envelope())).isEqualTo(canonical);
            assertThat(EnvelopeCodec.canonical(fields.envelope())).isEqualTo(canonical);
            assertThat(json.state()).isEqualTo(message.state());
            assertThat(fields.state()).isEqualTo(message.state());
            assertThat(EnvelopeCodec.json(json)).isEqualTo(EnvelopeCodec.json(message));
            assertThat(EnvelopeCodec.fields(fields)).isEqualTo(EnvelopeCodec.fields(message));
        }
    }

    @Test
    void the_signed_bytes_are_a_fixed_point_with_sorted_names_at_every_depth() {
        RandomEnvelopes envelopes = new RandomEnvelopes(18);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] canonical = EnvelopeCodec.canonical(envelopes.next().envelope());
            JsonNode tree = StrictJson.parse(canonical);
            assertThat(EnvelopeCodec.canonical(tree).getBytes(StandardCharsets.UTF_8))
                    .isEqualTo(canonical);
            assertSorted(tree);
        }
    }

    private static void assertSorted(JsonNode node) {
        List<String> names = new ArrayList<>(node.propertyNames());
        assertThat(names).isSortedAccordingTo(Comparator.naturalOrder());
        node.forEach(EnvelopeCodecPropertyTest::assertSorted);
    }

    @Test
    void every_double_reads_back_exactly_and_says_that_it_is_one() {
        RandomEnvelopes envelopes = new RandomEnvelopes(19);
        for (int round = 0; round < 50_000; round++) {
            double value = envelopes.real();
            String text = DartJson.number(value);
            assertThat(Double.doubleToLongBits(Double.parseDouble(text)))
                    .as(text)
                    .isEqualTo(Double.doubleToLongBits(value));
            assertThat(text).matches("-?(0|[1-9][0-9]*)\\.[0-9]+|-?[1-9](\\.[0-9]+)?e[+-][1-9][0-9]*");
            assertThat(text.contains("e")).isEqualTo(value != 0 && (Math.abs(value) >= 1e21 || Math.abs(value) < 1e-6));
        }
    }

    @Test
    void timestamps_agree_with_the_calendar() {
        Random random = new Random(20);
        DateTimeFormatter micros =
                DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
        for (int round = 0; round < 20_000; round++) {
            Instant time = Instant.ofEpochSecond(random.nextLong(253_402_300_800L), 1000L * random.nextInt(1_000_000));
            String text = DartTime.text(time);
            assertThat(DartTime.parse("notBefore", text)).isEqualTo(time);
            String expected = micros.format(time);
            assertThat(text).isEqualTo(expected.endsWith("000Z") ? expected.replaceFirst("000Z$", "Z") : expected);
            assertThat(DartTime.parse("notBefore", text.replace("Z", "+00:00"))).isEqualTo(time);
        }
    }
}
