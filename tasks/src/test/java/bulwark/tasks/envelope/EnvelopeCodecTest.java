package bulwark.tasks.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.signing.Digests;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forms of Stem 0.2, byte for byte. */
class EnvelopeCodecTest {
    private static final String A =
            "{\"id\":\"0192f000-0000-7000-8000-000000000001\",\"name\":\"demo.task\",\"args\":{\"value\":1},\"headers\":{\"stem-args-encoder\":\"json\"},\"enqueuedAt\":\"2026-01-02T03:04:05.678Z\",\"notBefore\":null,\"priority\":0,\"attempt\":0,\"maxRetries\":3,\"visibilityTimeout\":null,\"queue\":\"default\",\"meta\":{\"stem.task\":\"demo.task\",\"__stemArgsEncoder\":\"json\"}}";
    private static final String B =
            "{\"id\":\"0192f000-0000-7000-8000-000000000002\",\"name\":\"billing.charge\",\"args\":{\"z\":1,\"amount\":12.5,\"a\":{\"b\":[1,2.0,true,null],\"A\":\"é😀/\\u2028\"},\"big\":1e21,\"tiny\":1e-7,\"twenty\":1e20,\"quote\":\"a\\\"b\\\\c\\n\\t\\u0001\\u007f\"},\"headers\":{\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\",\"tenant\":\"acme\",\"stem-args-encoder\":\"json\"},\"enqueuedAt\":\"2026-01-02T03:04:05.678901Z\",\"notBefore\":\"2026-01-02T03:05:00.000Z\",\"priority\":7,\"attempt\":2,\"maxRetries\":5,\"visibilityTimeout\":45000,\"queue\":\"billing\",\"meta\":{\"stem.task\":\"billing.charge\",\"～\":2,\"😀\":1,\"__stemArgsEncoder\":\"json\",\"stem.retryPolicy\":{\"backoff\":true,\"backoffMaxMs\":60000,\"jitter\":false,\"defaultDelayMs\":1000,\"maxRetries\":5,\"autoRetryFor\":[],\"dontAutoRetryFor\":[]}}}";
    private static final String C =
            "{\"id\":\"0192f000-0000-7000-8000-000000000003\",\"name\":\"reports.aggregate\",\"args\":{},\"headers\":{\"scheduled-from\":\"beat\",\"schedule-id\":\"nightly\"},\"enqueuedAt\":\"2026-01-02T00:00:00.000Z\",\"queue\":\"reporting\"}";

    @Test
    void the_signed_bytes_are_those_of_the_vectors() {
        assertThat(canonicalDigest(A)).isEqualTo("1a9d6aceb23534c4f494f04c51d1fb2eca741eaaf45af2b15d053ff3c8021b88");
        assertThat(canonicalDigest(B)).isEqualTo("ea228d1ef1ac02e83ad55226d8187a6abf3e3d2fbb75cbc6f614aeeab7a96625");
        assertThat(canonicalDigest(C)).isEqualTo("c213d1a7f755705274ca0af30334202e9f448ec1eef9ce4d072f98b1ce1be452");
    }

    private static String canonicalDigest(String json) {
        return Digests.sha256Hex(
                EnvelopeCodec.canonical(EnvelopeCodec.ofJson(json).envelope()));
    }

    @Test
    void json_and_fields_read_back_as_they_were() {
        for (String json : new String[] {A, B, C}) {
            Message message = EnvelopeCodec.ofJson(json);
            assertThat(EnvelopeCodec.ofJson(EnvelopeCodec.json(message))).isEqualTo(message);
            assertThat(EnvelopeCodec.ofFields(EnvelopeCodec.fields(message))).isEqualTo(message);
        }
        assertThat(EnvelopeCodec.json(EnvelopeCodec.ofJson(A))).isEqualTo(A);
    }

    @ParameterizedTest
    @CsvSource({
        "1.0,1.0",
        "0.1,0.1",
        "12.5,12.5",
        "1e16,10000000000000000.0",
        "1e20,100000000000000000000.0",
        "1e21,1e+21",
        "1e-6,0.000001",
        "1e-7,1e-7",
        "1.5e-7,1.5e-7",
        "-0.0,-0.0",
        "1.7976931348623157e308,1.7976931348623157e+308",
        "4.9e-324,5e-324"
    })
    void doubles_are_formatted_as_in_dart(double value, String text) {
        assertThat(DartJson.number(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"args":{}}                                        | name is missing
            {"name":"x"}                                       | args is missing
            {"name":"x","args":[]}                             | args is not an object
            {"name":7,"args":{}}                               | name is not a string
            {"name":"x","args":{},"headers":{"a":1}}           | headers hold a value that is not a string
            {"name":"x","args":{"n":9223372036854775808}}      | args holds a whole number beyond 64 bits
            {"name":"x","args":{},"attempt":-1}                | attempt is not a whole number of at least 0
            {"name":"x","args":{},"enqueuedAt":"yesterday"}    | enqueuedAt is not a UTC time such as 2026-01-02T03:04:05.678Z
            {"name":"","args":{}}                              | name is missing
            {"name":"x\\ny","args":{}}                       | name holds a control character
            {"name":"x","args":{},"id":"a\\u0000"}           | id holds a control character
            {"name":"x","args":{},"queue":""}                  | queue does not have 1 to 256 characters
            {"name":"x","args":{},"queue":null}                | queue is not a string
            {"name":"x","args":{},"headers":[]}                | headers is not an object
            {"name":"x","args":{},"meta":[]}                   | meta is not an object
            {"name":"x","args":{},"meta":{"a":[-9223372036854775809]}} | meta holds a whole number beyond 64 bits
            {"name":"x","args":{},"priority":1.0}              | priority is not a whole number of at least -2147483648
            {"name":"x","args":{},"maxRetries":"3"}            | maxRetries is not a whole number of at least 0
            {"name":"x","args":{},"visibilityTimeout":1.5}     | visibilityTimeout is not a whole number of at least 0
            {"name":"x","args":{},"notBefore":"1969-12-31T23:59:59.999Z"} | notBefore lies outside of the years 1970 to 9999
            {"name":"x","args":{},"notBefore":"2026-02-30T00:00:00.000Z"} | notBefore is not a UTC time such as 2026-01-02T03:04:05.678Z
            {"name":"x","args":{},"delivery":7}                | delivery is not an object
            {"name":"x","args":{},"args":{}}                   | envelope is not JSON: an object holds the same key twice
            {"name":"x","args":{}                              | envelope is not JSON: the body is not well-formed JSON
            """)
    void an_invalid_envelope_is_refused_by_field(String json, String sentence) {
        assertThatExceptionOfType(EnvelopeRefused.class)
                .isThrownBy(() -> EnvelopeCodec.ofJson(json.strip()))
                .withMessage(sentence.strip());
    }

    @Test
    void an_envelope_without_an_id_gets_a_new_one_with_each_reading() {
        String json = "{\"name\":\"x\",\"args\":{}}";
        String id = EnvelopeCodec.ofJson(json).envelope().id();
        assertThat(id).matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(EnvelopeCodec.ofJson(json).envelope().id()).isNotEqualTo(id);
    }

    @Test
    void arguments_headers_and_meta_may_be_absent_from_a_stream_entry() {
        Envelope envelope =
                EnvelopeCodec.ofFields(Map.of("name", "x", "unknown", "7")).envelope();
        assertThat(envelope.args().isEmpty()).isTrue();
        assertThat(envelope.meta().isEmpty()).isTrue();
        assertThat(envelope.headers()).isEmpty();
        assertThat(envelope.queue()).isEqualTo("default");
    }

    @Test
    void unsigned_fields_are_written_only_when_set() {
        Message message = EnvelopeCodec.ofJson(A);
        assertThat(EnvelopeCodec.fields(message).keySet())
                .containsExactly(
                        "id",
                        "name",
                        "args",
                        "headers",
                        "enqueuedAt",
                        "notBefore",
                        "priority",
                        "attempt",
                        "maxRetries",
                        "visibilityTimeout",
                        "queue",
                        "meta");
        Message retried = new Message(message.envelope(), new DeliveryState(2, null, null));
        assertThat(retried.attempt()).isEqualTo(2);
        assertThat(EnvelopeCodec.fields(retried).keySet())
                .contains("x-delivery-attempt", "x-not-before", "x-first-seen");
        assertThat(EnvelopeCodec.json(retried))
                .endsWith(",\"delivery\":{\"attempt\":2,\"notBefore\":null,\"firstSeen\":null}}");
        assertThat(EnvelopeCodec.canonical(retried.envelope())).isEqualTo(EnvelopeCodec.canonical(message.envelope()));
    }
}
