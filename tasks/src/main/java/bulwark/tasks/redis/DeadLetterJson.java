package bulwark.tasks.redis;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.envelope.Message;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Dead letters as a line of JSON, {@code {envelope,reason,meta,deadAt}}; one that was no envelope has {@code envelope} null and its {@code fields}. Source of the form:
 * Stem 0.2. Reading never fails: an unreadable dead letter has no message, and its text as a field.
 */
final class DeadLetterJson {
    private static final int MAX_TEXT = 4_000;
    /** Hexadecimal digits of the digest that names a dead letter: a list has no numbers that stay. */
    private static final int ENTRY_LENGTH = 16;

    private DeadLetterJson() {}

    static String write(Settlement.Reject rejected, Instant now) {
        String content = switch (rejected.content()) {
            case Settlement.Content.WholeMessage whole -> "{\"envelope\":" + EnvelopeCodec.json(whole.message());
            case Settlement.Content.RawFields part -> "{\"envelope\":null,\"fields\":" + json(part.fields());
        };
        return content + ",\"reason\":" + json(rejected.reason()) + ",\"meta\":" + json(rejected.meta())
                + ",\"deadAt\":\"" + DartTimestamps.of(now) + "\"}";
    }

    private static String json(Object value) {
        return StrictJson.text(value);
    }

    static DeadLetter read(String queue, String raw) {
        JsonNode node = parse(raw);
        Message message = message(node.path("envelope"));
        return new DeadLetter(
                Digests.sha256Hex(raw.getBytes(StandardCharsets.UTF_8)).substring(0, ENTRY_LENGTH),
                queue,
                message,
                message == null ? fields(node, raw) : Map.of(),
                node.path("reason").asString("unreadable"),
                node.get("meta") instanceof ObjectNode meta ? meta : JsonNodeFactory.instance.objectNode(),
                DartTimestamps.parse(node.path("deadAt").asString("")).orElse(Instant.EPOCH));
    }

    /** Whether what is kept is the whole of what was in the queue. */
    static boolean isWhole(String raw) {
        JsonNode node = parse(raw);
        return node.get("fields") instanceof ObjectNode || message(node.path("envelope")) != null;
    }

    private static JsonNode parse(String raw) {
        try {
            return StrictJson.parse(raw.getBytes(StandardCharsets.UTF_8));
        } catch (StrictJson.JsonRefused e) {
            return JsonNodeFactory.instance.nullNode();
        }
    }

    private static @Nullable Message message(JsonNode envelope) {
        if (!envelope.isObject()) {
            return null;
        }
        try {
            return EnvelopeCodec.ofJson(json(envelope));
        } catch (EnvelopeRefused e) {
            return null;
        }
    }

    private static Map<String, String> fields(JsonNode deadLetter, String raw) {
        if (!(deadLetter.get("fields") instanceof ObjectNode stored)) {
            return Map.of("letter", raw.length() <= MAX_TEXT ? raw : raw.substring(0, MAX_TEXT) + "…");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        stored.properties()
                .forEach(field -> fields.put(field.getKey(), field.getValue().asString("")));
        return fields;
    }
}
