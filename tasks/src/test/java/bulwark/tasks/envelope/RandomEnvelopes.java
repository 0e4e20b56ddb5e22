package bulwark.tasks.envelope;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Envelopes of every shape, the same ones for the same seed. */
final class RandomEnvelopes {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String[] PIECES = {
        "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\t", "\b", "\f", "\r", "\u0000", "\u001f", "\u007f", "é", "\u2028",
        "～", "😀", "\ue000"
    };

    private final Random random;

    RandomEnvelopes(long seed) {
        random = new Random(seed);
    }

    Message next() {
        Envelope envelope = new Envelope(
                "id-" + random.nextInt(1000),
                "task." + random.nextInt(10),
                object(3),
                headers(),
                time(),
                random.nextBoolean() ? time() : null,
                random.nextInt(10),
                random.nextInt(5),
                random.nextInt(5),
                random.nextBoolean() ? Long.valueOf(random.nextLong(1L << 40)) : null,
                "queue～" + random.nextInt(3),
                object(2));
        return new Message(envelope, random.nextBoolean() ? DeliveryState.FRESH : state());
    }

    private DeliveryState state() {
        return new DeliveryState(1 + random.nextInt(9), random.nextBoolean() ? time() : null, time());
    }

    private Instant time() {
        long second = random.nextLong(253_402_300_800L);
        return Instant.ofEpochSecond(
                second, 1000L * (random.nextBoolean() ? random.nextInt(1_000_000) : random.nextInt(1000) * 1000));
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            headers.put(text(), text());
        }
        return headers;
    }

    private ObjectNode object(int depth) {
        ObjectNode object = NODES.objectNode();
        for (int i = random.nextInt(5); i > 0; i--) {
            object.set(text(), value(depth));
        }
        return object;
    }

    private JsonNode value(int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.booleanNode(random.nextBoolean());
            case 2 -> NODES.numberNode(random.nextInt());
            case 3 -> NODES.numberNode(Long.MAX_VALUE - random.nextInt(3));
            case 4 -> NODES.numberNode(real());
            case 5 -> NODES.stringNode(text());
            case 6 -> object(depth - 1);
            default -> array(depth - 1);
        };
    }

    double real() {
        if (random.nextInt(3) == 0) {
            return random.nextInt(-1000, 1000) / 8.0;
        }
        double any = Double.longBitsToDouble(random.nextLong());
        return Double.isFinite(any) ? any : -0.0;
    }

    private ArrayNode array(int depth) {
        ArrayNode array = NODES.arrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
            array.add(value(depth));
        }
        return array;
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
