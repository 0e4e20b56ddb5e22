package bulwark.tasks.client;

import bulwark.kernel.signing.Digests;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
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
    /** What stands around the arguments in the signed form of an otherwise empty envelope. */
    private static final String BEFORE = "{\"args\":";

    private static final String AFTER =
            signed(JsonNodeFactory.instance.objectNode()).substring(BEFORE.length() + 2);

    private UniqueKey() {}

    static String of(TaskCall call, Envelope envelope) {
        String given = given(call, envelope.meta());
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
                        + text(envelope.args()) + ",\"headers\":" + text(headers) + ",\"meta\":" + text(meta) + "}");
    }

    private static @Nullable String given(TaskCall call, ObjectNode meta) {
        if (call.uniqueKey() != null) {
            return call.uniqueKey();
        }
        String override = meta.path("stem.unique.override").stringValue("");
        String key = override.isEmpty() ? meta.path("uniqueKey").stringValue("") : override;
        return key.isEmpty() ? null : key;
    }

    private static String text(String value) {
        ObjectNode wrapped = JsonNodeFactory.instance.objectNode().put("v", value);
        String json = text(wrapped);
        return json.substring("{\"v\":".length(), json.length() - 1);
    }

    /** Numbers and escapes exactly as in the signed form. */
    private static String text(ObjectNode value) {
        String signed = signed(value);
        return signed.substring(BEFORE.length(), signed.length() - AFTER.length());
    }

    private static String signed(ObjectNode args) {
        Envelope envelope = new Envelope(
                "", "", args, Map.of(), Instant.EPOCH, null, 0, 0, 0, null, "", JsonNodeFactory.instance.objectNode());
        return new String(EnvelopeText.canonical(envelope), StandardCharsets.UTF_8);
    }
}
