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
    private final Envelopes envelopes = new Envelopes(
            Routing.withoutFile("default"), Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC));

    @Test
    void it_is_the_hash_of_the_published_text() {
        TaskCall call = TaskCall.named("demo.task", object("value", 1));
        assertThat(UniqueKey.of(call, envelope(call)))
                .isEqualTo("3e8e757022878b2901840d5de4fd591a373f8c0fa0d6c505f88ef5b3f491418b");
    }

    @Test
    void trace_headers_do_not_make_a_difference_and_others_do() {
        TaskCall call = TaskCall.named("demo.task", object("value", 1));
        String plain = UniqueKey.of(call, envelope(call));
        TaskCall traced = call.withHeaders(Map.of("traceparent", "00-a-b-01", "tracestate", "x"));
        TaskCall other = call.withHeaders(Map.of("tenant", "acme"));
        assertThat(UniqueKey.of(traced, envelope(traced))).isEqualTo(plain);
        assertThat(UniqueKey.of(other, envelope(other))).isNotEqualTo(plain);
    }

    @Test
    void time_limits_do_not_make_a_difference() {
        TaskCall call = TaskCall.named("demo.task", object("value", 1));
        TaskCall limited = call.withHardTimeLimit(Duration.ofSeconds(3));
        assertThat(UniqueKey.of(limited, envelope(limited))).isEqualTo(UniqueKey.of(call, envelope(call)));
    }

    @Test
    void a_given_key_goes_before() {
        ObjectNode meta = object("a", 1).put("uniqueKey", "from-meta");
        TaskCall call = TaskCall.named("demo.task", object("value", 1)).withMeta(meta);
        assertThat(UniqueKey.of(call, envelope(call))).isEqualTo("from-meta");
        assertThat(UniqueKey.of(call.withUniqueKey("named"), envelope(call))).isEqualTo("named");
        meta.put("stem.unique.override", "over");
        assertThat(UniqueKey.of(call, envelope(call))).isEqualTo("over");
    }

    private Envelope envelope(TaskCall call) {
        return envelopes.of(call).envelope();
    }

    private static ObjectNode object(String name, int value) {
        return JsonNodeFactory.instance.objectNode().put(name, value);
    }
}
