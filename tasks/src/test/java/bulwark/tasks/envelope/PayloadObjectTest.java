package bulwark.tasks.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The signed bytes come of the text, and the tree comes last. */
class PayloadObjectTest {
    private static final String SPACED =
            "{ \"b\" : [1, 2.50, {\"z\":null,\"a\":true}],\n \"a\":\"\\u00e9\\/\", \"aa\":1e20 }";
    private static final String CANONICAL =
            "{\"a\":\"é/\",\"aa\":100000000000000000000.0,\"b\":[1,2.5,{\"a\":true,\"z\":null}]}";

    @Test
    void the_signed_bytes_are_made_without_a_tree() {
        Envelope fields = EnvelopeCodec.ofFields(Map.of("name", "x", "args", SPACED, "meta", SPACED))
                .envelope();
        Envelope json = EnvelopeCodec.ofJson(
                        "{\"meta\": " + SPACED + " ,\"unknown\":{\"a\":[1]},\"name\":\"x\",\"args\":" + SPACED + "}")
                .envelope();

        for (Envelope envelope : new Envelope[] {fields, json}) {
            assertThat(new String(EnvelopeCodec.canonical(envelope), StandardCharsets.UTF_8))
                    .contains("{\"args\":" + CANONICAL)
                    .contains(",\"meta\":" + CANONICAL);
            assertThat(envelope.argsJson().hasTree()).isFalse();
            assertThat(envelope.metaJson().hasTree()).isFalse();
        }
        assertThat(fields.args()).isEqualTo(StrictJson.parse(SPACED.getBytes(StandardCharsets.UTF_8)));
        assertThat(json.args()).isEqualTo(fields.args());
    }

    @Test
    void the_signed_bytes_are_the_same_once_there_is_a_tree() {
        Envelope envelope =
                EnvelopeCodec.ofFields(Map.of("name", "x", "args", SPACED)).envelope();
        byte[] before = EnvelopeCodec.canonical(envelope);

        assertThat(envelope.args()).hasSize(3);

        assertThat(EnvelopeCodec.canonical(envelope)).isEqualTo(before);
    }

    @Test
    void what_was_received_goes_on_word_for_word() {
        Message message = EnvelopeCodec.ofFields(Map.of("name", "x", "args", SPACED));

        assertThat(EnvelopeCodec.fields(message)).containsEntry("args", SPACED);
        assertThat(EnvelopeCodec.json(message)).contains("\"args\":" + SPACED);
        assertThat(EnvelopeCodec.ofJson(EnvelopeCodec.json(message))).isEqualTo(message);
    }

    @Test
    void what_could_be_read_in_two_ways_is_refused() {
        assertRefused(
                "{\"a\":1,\"b\":{\"c\":1,\"d\":2,\"c\":3}}", "args is not JSON: an object holds the same key twice");
        assertRefused("{\"a\":1,\"a\":1}", "args is not JSON: an object holds the same key twice");
        assertRefused("{\"a\":1} {}", "args is not JSON: there is more after the JSON value");
        assertRefused("{\"a\":\"\\ud800\"}", "args is not JSON: a string holds half of a surrogate pair");
        assertRefused("{\"a\":1e999}", "args is not JSON: a number is beyond the range of a double");
        assertRefused("{\"a\":01}", "args is not JSON: the body is not well-formed JSON");
        assertRefused("{\"a\":9223372036854775808}", "args holds a whole number beyond 64 bits");
        assertRefused("[]", "args is not an object");
        assertRefused("{\"a\":" + "[".repeat(91) + "]".repeat(91) + "}", "args is nested deeper than 90");
    }

    private static void assertRefused(String args, String sentence) {
        assertThatExceptionOfType(EnvelopeRefused.class)
                .isThrownBy(() -> EnvelopeCodec.ofFields(Map.of("name", "x", "args", args)))
                .withMessage(sentence);
    }
}
