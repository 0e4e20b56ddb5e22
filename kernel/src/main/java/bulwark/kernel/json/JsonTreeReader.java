package bulwark.kernel.json;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Builds the tree of one document. Recursion is bounded by the parser's depth limit. */
final class JsonTreeReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final StrictTokens tokens;
    private @Nullable String duplicate;

    JsonTreeReader(StrictTokens tokens) {
        this.tokens = tokens;
    }

    JsonNode document() {
        JsonNode node = value(tokens.first());
        tokens.end();
        // Said last: a text that is not JSON at all is not JSON first of all.
        if (duplicate != null) {
            throw new StrictJson.DuplicateKey(duplicate);
        }
        return node;
    }

    private JsonNode value(JsonToken token) {
        return switch (token) {
            case START_OBJECT -> object();
            case START_ARRAY -> array();
            case VALUE_STRING -> NODES.stringNode(tokens.text());
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(tokens.real());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            default -> throw tokens.refused("the body is not well-formed JSON");
        };
    }

    private ObjectNode object() {
        ObjectNode object = NODES.objectNode();
        for (String name = tokens.nextName(); name != null; name = tokens.nextName()) {
            if (object.has(name) && duplicate == null) {
                duplicate = name;
            }
            object.set(name, value(tokens.next()));
        }
        return object;
    }

    private ArrayNode array() {
        ArrayNode array = NODES.arrayNode();
        for (JsonToken token = tokens.next(); token != JsonToken.END_ARRAY; token = tokens.next()) {
            array.add(value(token));
        }
        return array;
    }

    private JsonNode integer() {
        if (!tokens.fitsLong()) {
            return NODES.numberNode(new BigInteger(tokens.digits()));
        }
        long value = tokens.wholeNumber();
        return value == (int) value ? NODES.numberNode((int) value) : NODES.numberNode(value);
    }
}
