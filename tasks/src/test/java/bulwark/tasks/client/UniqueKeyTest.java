package bulwark.tasks.client;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.routing.Routing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class UniqueKeyTest {
    private final EnvelopeFactory envelopes = new EnvelopeFactory(
            Routing.withoutFile("default"), Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC));

    @Test
    void it_is_the_hash_of_the_published_text() {
        EnqueueRequest request = EnqueueRequest.named("demo.task", object("value", 1));
        assertThat(UniqueKey.of(request, envelope(request)))
                .isEqualTo("3e8e757022878b2901840d5de4fd591a373f8c0fa0d6c505f88ef5b3f491418b");
    }

    @Test
    void trace_headers_do_not_make_a_difference_and_others_do() {
        EnqueueRequest request = EnqueueRequest.named("demo.task", object("value", 1));
        String plain = UniqueKey.of(request, envelope(request));
        EnqueueRequest traced = request.withHeaders(Map.of("traceparent", "00-a-b-01", "tracestate", "x"));
        EnqueueRequest other = request.withHeaders(Map.of("tenant", "acme"));
        assertThat(UniqueKey.of(traced, envelope(traced))).isEqualTo(plain);
        assertThat(UniqueKey.of(other, envelope(other))).isNotEqualTo(plain);
    }

    @Test
    void time_limits_do_not_make_a_difference() {
        EnqueueRequest request = EnqueueRequest.named("demo.task", object("value", 1));
        EnqueueRequest limited = request.withHardTimeLimit(Duration.ofSeconds(3));
        assertThat(UniqueKey.of(limited, envelope(limited))).isEqualTo(UniqueKey.of(request, envelope(request)));
    }

    @Test
    void a_given_key_goes_before() {
        ObjectNode meta = object("a", 1).put("uniqueKey", "from-meta");
        EnqueueRequest request =
                EnqueueRequest.named("demo.task", object("value", 1)).withMeta(meta);
        assertThat(UniqueKey.of(request, envelope(request))).isEqualTo("from-meta");
        assertThat(UniqueKey.of(request.withUniqueKey("named"), envelope(request)))
                .isEqualTo("named");
        meta.put("stem.unique.override", "over");
        assertThat(UniqueKey.of(request, envelope(request))).isEqualTo("over");
    }

    private Envelope envelope(EnqueueRequest request) {
        return envelopes.of(request).envelope();
    }

    private static ObjectNode object(String name, int value) {
        return JsonNodeFactory.instance.objectNode().put(name, value);
    }
}
