package bulwark.tasks.client;

import bulwark.kernel.signing.Digests;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeCodec;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a unique task is unique by: the key that was given, else the SHA-256 of its name, queue, arguments, headers and meta as compact JSON with sorted keys, without meta of the
 * system itself and without trace headers, which differ from call to call. Source of the form: Stem 0.2.
 */
final class UniqueKey {
    private static final Set<String> TRACE = Set.of("traceparent", "tracestate", "baggage");

    private UniqueKey() {}

    static String of(EnqueueRequest request, Envelope envelope) {
        String given = given(request, envelope.meta());
        if (given != null) {
            return given;
        }
        ObjectNode headers = JsonNodeFactory.instance.objectNode();
        new TreeMap<>(envelope.headers()).forEach((name, value) -> {
            if (!TRACE.contains(name)) {
                headers.put(name, value);
            }
        });
        ObjectNode meta = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> member : envelope.meta().properties()) {
            if (!member.getKey().startsWith("stem.") && !member.getKey().equals("uniqueKey")) {
                meta.set(member.getKey(), member.getValue());
            }
        }
        return Digests.sha256Hex(
                "{\"task\":" + text(envelope.name()) + ",\"queue\":" + text(envelope.queue()) + ",\"args\":"
                        + EnvelopeCodec.canonical(envelope.args()) + ",\"headers\":" + EnvelopeCodec.canonical(headers)
                        + ",\"meta\":"
                        + EnvelopeCodec.canonical(meta) + "}");
    }

    private static @Nullable String given(EnqueueRequest request, ObjectNode meta) {
        if (request.uniqueKey() != null) {
            return request.uniqueKey();
        }
        String override = meta.path("stem.unique.override").stringValue("");
        String key = override.isEmpty() ? meta.path("uniqueKey").stringValue("") : override;
        return key.isEmpty() ? null : key;
    }

    private static String text(String value) {
        return EnvelopeCodec.canonical(JsonNodeFactory.instance.stringNode(value));
    }
}
