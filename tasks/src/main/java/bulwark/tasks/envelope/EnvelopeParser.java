package bulwark.tasks.envelope;

import bulwark.kernel.time.UuidV7;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads hostile bytes as envelopes; what is absent and has a default gets it, what is wrong is named. */
final class EnvelopeParser {
    private EnvelopeParser() {}

    static Message ofJson(String text) {
        EnvelopeMembers members = EnvelopeMembers.read(text);
        ObjectNode json = members.scalars();
        Envelope envelope = new Envelope(
                id(text(json, "id", "")),
                name(text(json, "name", null)),
                members.args(),
                members.headers(),
                timeOr(json, "enqueuedAt", Instant.EPOCH),
                time(json, "notBefore"),
                (int) number(json, "priority", 0, Integer.MIN_VALUE),
                (int) number(json, "attempt", 0, 0),
                (int) number(json, "maxRetries", 0, 0),
                present(json, "visibilityTimeout") ? (Long) longNumber(json, "visibilityTimeout", 0) : null,
                text(json, "queue", "default"),
                members.meta());
        return new Message(envelope, delivery(json.get("delivery")));
    }

    private static DeliveryState delivery(@Nullable JsonNode delivery) {
        if (!(delivery instanceof ObjectNode json)) {
            return DeliveryState.FRESH;
        }
        return new DeliveryState((int) number(json, "attempt", 0, 0), time(json, "notBefore"), time(json, "firstSeen"));
    }

    static Message ofFields(Map<String, String> fields) {
        Envelope envelope = new Envelope(
                id(fields.getOrDefault("id", "")),
                name(fields.get("name")),
                object(fields, "args"),
                EnvelopeMembers.headers(fields.getOrDefault("headers", "")),
                timeOr(fields, "enqueuedAt", Instant.EPOCH),
                time(fields, "notBefore"),
                (int) number(fields, "priority", Integer.MIN_VALUE),
                (int) number(fields, "attempt", 0),
                (int) number(fields, "maxRetries", 0),
                fields.getOrDefault("visibilityTimeout", "").isEmpty()
                        ? null
                        : (Long) decimal("visibilityTimeout", fields.get("visibilityTimeout"), 0, Long.MAX_VALUE),
                fields.getOrDefault("queue", "default"),
                object(fields, "meta"));
        DeliveryState state = fields.containsKey(EnvelopeCodec.ATTEMPT)
                ? new DeliveryState(
                        (int) number(fields, EnvelopeCodec.ATTEMPT, 0),
                        time(fields, EnvelopeCodec.NOT_BEFORE),
                        time(fields, EnvelopeCodec.FIRST_SEEN))
                : DeliveryState.FRESH;
        return new Message(envelope, state);
    }

    /** An envelope made by hand may come without: it gets an id with each reading, as in Stem 0.2, and no signature can fit it. */
    private static String id(String id) {
        return id.isEmpty() ? UuidV7.next(Instant.now()) : id;
    }

    private static String name(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            throw new EnvelopeRefused("name is missing");
        }
        return name;
    }

    private static PayloadObject object(Map<String, String> fields, String field) {
        String text = fields.getOrDefault(field, "");
        return text.isEmpty() ? PayloadObject.empty() : PayloadObject.read(field, text);
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
