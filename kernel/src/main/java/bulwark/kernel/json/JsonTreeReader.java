package bulwark.kernel.json;

import bulwark.kernel.json.StrictJson.JsonRefused;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Builds the tree of one document and checks what the token stream leaves unchecked. Recursion is bounded by the parser's depth limit. */
final class JsonTreeReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final JsonParser parser;
    private @Nullable String duplicate;

    JsonTreeReader(JsonParser parser) {
        this.parser = parser;
    }

    JsonNode document() {
        JsonToken first = parser.nextToken();
        if (first == null) {
            throw new JsonRefused("the body is empty", 0);
        }
        JsonNode node = value(first);
        if (parser.nextToken() != null) {
            throw refused("there is more after the JSON value");
        }
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
            case VALUE_STRING -> NODES.stringNode(wellFormed(parser.getString()));
            case VALUE_NUMBER_INT -> integer();
            case VALUE_NUMBER_FLOAT -> real();
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_NULL -> NODES.nullNode();
            default -> throw refused("the body is not well-formed JSON");
        };
    }

    private ObjectNode object() {
        ObjectNode object = NODES.objectNode();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            wellFormed(name);
            if (object.has(name) && duplicate == null) {
                duplicate = name;
            }
            object.set(name, value(parser.nextToken()));
        }
        return object;
    }

    private ArrayNode array() {
        ArrayNode array = NODES.arrayNode();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            array.add(value(token));
        }
        return array;
    }

    private JsonNode integer() {
        return switch (parser.getNumberType()) {
            case INT -> NODES.numberNode(parser.getIntValue());
            case LONG -> NODES.numberNode(parser.getLongValue());
            default -> NODES.numberNode(new BigInteger(parser.getString()));
        };
    }

    private JsonNode real() {
        double value = Double.parseDouble(parser.getString());
        if (Double.isInfinite(value)) {
            throw refused("a number is beyond the range of a double");
        }
        return NODES.numberNode(value);
    }

    private String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw refused("a string holds half of a surrogate pair");
                }
                i++;
            }
        }
        return text;
    }

    private JsonRefused refused(String sentence) {
        return new JsonRefused(sentence, parser.currentTokenLocation().getByteOffset());
    }
}
