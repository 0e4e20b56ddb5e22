package bulwark.tasks.envelope;

import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads hostile bytes as envelopes; what is absent and has a default gets it, what is wrong is named. */
final class EnvelopeParser {
    private EnvelopeParser() {}

    static Message ofJson(String text) {
        ObjectNode json = object("envelope", text);
        Envelope envelope = new Envelope(
                id(text(json, "id", "")),
                name(text(json, "name", null)),
                object("args", json.get("args")),
                headers(json.get("headers")),
                timeOr(json, "enqueuedAt", Instant.EPOCH),
                time(json, "notBefore"),
                (int) number(json, "priority", 0, Integer.MIN_VALUE),
                (int) number(json, "attempt", 0, 0),
                (int) number(json, "maxRetries", 0, 0),
                present(json, "visibilityTimeout") ? (Long) longNumber(json, "visibilityTimeout", 0) : null,
                text(json, "queue", "default"),
                json.has("meta") ? object("meta", json.get("meta")) : JsonNodeFactory.instance.objectNode());
        return new Message(checked(envelope), delivery(json.get("delivery")));
    }

    private static DeliveryState delivery(@Nullable JsonNode delivery) {
        if (delivery == null) {
            return DeliveryState.FRESH;
        }
        ObjectNode json = object("delivery", delivery);
        return new DeliveryState((int) number(json, "attempt", 0, 0), time(json, "notBefore"), time(json, "firstSeen"));
    }

    static Message ofFields(Map<String, String> fields) {
        Envelope envelope = new Envelope(
                id(fields.getOrDefault("id", "")),
                name(fields.get("name")),
                fields.getOrDefault("args", "").isEmpty()
                        ? JsonNodeFactory.instance.objectNode()
                        : object("args", fields.get("args")),
                fields.getOrDefault("headers", "").isEmpty()
                        ? Map.of()
                        : headers(object("headers", fields.get("headers"))),
                timeOr(fields, "enqueuedAt", Instant.EPOCH),
                time(fields, "notBefore"),
                (int) number(fields, "priority", Integer.MIN_VALUE),
                (int) number(fields, "attempt", 0),
                (int) number(fields, "maxRetries", 0),
                fields.getOrDefault("visibilityTimeout", "").isEmpty()
                        ? null
                        : (Long) decimal("visibilityTimeout", fields.get("visibilityTimeout"), 0, Long.MAX_VALUE),
                fields.getOrDefault("queue", "default"),
                fields.getOrDefault("meta", "").isEmpty()
                        ? JsonNodeFactory.instance.objectNode()
                        : object("meta", fields.get("meta")));
        DeliveryState state = fields.containsKey(EnvelopeCodec.ATTEMPT)
                ? new DeliveryState(
                        (int) number(fields, EnvelopeCodec.ATTEMPT, 0),
                        time(fields, EnvelopeCodec.NOT_BEFORE),
                        time(fields, EnvelopeCodec.FIRST_SEEN))
                : DeliveryState.FRESH;
        return new Message(checked(envelope), state);
    }

    /** The numbers of the arguments can be written again: no later step finds out that they cannot. */
    private static Envelope checked(Envelope envelope) {
        check("args", envelope.args(), 0);
        check("meta", envelope.meta(), 0);
        return envelope;
    }

    /** What the parser leaves open of {@link PayloadCheck#signed}. */
    private static void check(String field, JsonNode node, int depth) {
        if (node.isIntegralNumber() && !node.canConvertToLong()) {
            throw new EnvelopeRefused(field + " holds a whole number beyond 64 bits");
        }
        if (depth > PayloadCheck.MAX_DEPTH) {
            throw new EnvelopeRefused(field + " is nested deeper than " + PayloadCheck.MAX_DEPTH);
        }
        for (JsonNode child : node) {
            check(field, child, depth + 1);
        }
    }

    /** An envelope made by hand may come without: it gets an id with each reading, as in Stem 0.2, and no signature can fit it. */
    private static String id(String id) {
        return id.isEmpty() ? TaskIds.next(Clock.systemUTC()) : id;
    }

    private static String name(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            throw new EnvelopeRefused("name is missing");
        }
        return name;
    }

    private static ObjectNode object(String field, @Nullable String text) {
        try {
            return object(field, StrictJson.parse(String.valueOf(text).getBytes(StandardCharsets.UTF_8)));
        } catch (StrictJson.JsonRefused e) {
            throw new EnvelopeRefused(field + " is not JSON: " + e.getMessage());
        }
    }

    private static ObjectNode object(String field, @Nullable JsonNode node) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new EnvelopeRefused(node == null ? field + " is missing" : field + " is not an object");
    }

    private static Map<String, String> headers(@Nullable JsonNode node) {
        if (node == null) {
            return Map.of();
        }
        Map<String, String> headers = new HashMap<>();
        for (Map.Entry<String, JsonNode> header : object("headers", node).properties()) {
            if (!header.getValue().isString()) {
                throw new EnvelopeRefused("headers hold a value that is not a string");
            }
            headers.put(header.getKey(), header.getValue().stringValue());
        }
        return headers;
    }

    private static String text(ObjectNode json, String field, @Nullable String fallback) {
        JsonNode node = json.get(field);
        if (node == null && fallback != null) {
            return fallback;
        }
        if (node == null || !node.isString()) {
            throw new EnvelopeRefused(field + (node == null ? " is missing" : " is not a string"));
        }
        return node.stringValue();
    }

    private static boolean present(ObjectNode json, String field) {
        return json.has(field) && !json.get(field).isNull();
    }

    private static @Nullable Instant time(ObjectNode json, String field) {
        return present(json, field) ? DartTime.parse(field, text(json, field, null)) : null;
    }

    private static Instant timeOr(ObjectNode json, String field, Instant fallback) {
        Instant time = time(json, field);
        return time == null ? fallback : time;
    }

    private static long number(ObjectNode json, String field, int fallback, long least) {
        long value = json.has(field) ? longNumber(json, field, least) : fallback;
        if (value > Integer.MAX_VALUE) {
            throw new EnvelopeRefused(field + " is too large");
        }
        return value;
    }

    private static long longNumber(ObjectNode json, String field, long least) {
        JsonNode node = json.get(field);
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < least) {
            throw new EnvelopeRefused(field + " is not a whole number of at least " + least);
        }
        return node.longValue();
    }

    private static @Nullable Instant time(Map<String, String> fields, String field) {
        String text = fields.getOrDefault(field, "");
        return text.isEmpty() ? null : DartTime.parse(field, text);
    }

    private static Instant timeOr(Map<String, String> fields, String field, Instant fallback) {
        Instant time = time(fields, field);
        return time == null ? fallback : time;
    }

    private static long number(Map<String, String> fields, String field, long least) {
        String text = fields.getOrDefault(field, "");
        return text.isEmpty() ? 0 : decimal(field, text, least, Integer.MAX_VALUE);
    }

    private static long decimal(String field, @Nullable String text, long least, long most) {
        try {
            long value = Long.parseLong(String.valueOf(text));
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below, together with what is out of range
        }
        throw new EnvelopeRefused(field + " is not a whole number between " + least + " and " + most);
    }
}
