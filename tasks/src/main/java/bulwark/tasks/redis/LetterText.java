package bulwark.tasks.redis;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.envelope.EnvelopeText;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.time.TimeText;
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
 * Stem 0.2. Reading never fails: a letter that is none has no message, and its text as a field.
 */
final class LetterText {
    private static final int MOST_TEXT = 4_000;

    private LetterText() {}

    static String write(Settlement.Dead dead, Instant now) {
        String letter = switch (dead.letter()) {
            case Settlement.Letter.Whole whole -> "{\"envelope\":" + EnvelopeText.json(whole.message());
            case Settlement.Letter.Fields part -> "{\"envelope\":null,\"fields\":" + json(part.fields());
        };
        return letter + ",\"reason\":" + json(dead.reason()) + ",\"meta\":" + json(dead.meta()) + ",\"deadAt\":\""
                + TimeText.of(now) + "\"}";
    }

    private static String json(Object value) {
        return StrictJson.text(value);
    }

    static DeadLetter read(String queue, String raw) {
        JsonNode node;
        try {
            node = StrictJson.parse(raw.getBytes(StandardCharsets.UTF_8));
        } catch (StrictJson.JsonRefused e) {
            node = JsonNodeFactory.instance.nullNode();
        }
        Message message = message(node.path("envelope"));
        return new DeadLetter(
                queue,
                message,
                message == null ? fields(node, raw) : Map.of(),
                node.path("reason").asString("unreadable"),
                node.get("meta") instanceof ObjectNode meta ? meta : JsonNodeFactory.instance.objectNode(),
                TimeText.parse(node.path("deadAt").asString("")).orElse(Instant.EPOCH));
    }

    private static @Nullable Message message(JsonNode envelope) {
        if (!envelope.isObject()) {
            return null;
        }
        try {
            return EnvelopeText.ofJson(json(envelope));
        } catch (EnvelopeRefused e) {
            return null;
        }
    }

    private static Map<String, String> fields(JsonNode letter, String raw) {
        if (!(letter.get("fields") instanceof ObjectNode stored)) {
            return Map.of("letter", raw.length() <= MOST_TEXT ? raw : raw.substring(0, MOST_TEXT) + "…");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        stored.properties()
                .forEach(field -> fields.put(field.getKey(), field.getValue().asString("")));
        return fields;
    }
}
