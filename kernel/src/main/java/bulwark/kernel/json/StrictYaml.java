package bulwark.kernel.json;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Text in JSON, or in the part of YAML 1.2 that JSON can say (its core schema), as a tree. Types, duplicate keys, deep nesting, numbers beyond 64 bits and files that aliases blow up are refused.
 */
public final class StrictYaml {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MAX_NODES = 500_000;
    private static final int MAX_ALIASES = 20;

    private int nodes;

    private StrictYaml() {}

    /** Neither JSON nor YAML that can be read; the message is a sentence without its end. */
    public static final class YamlRefused extends Exception {
        YamlRefused(String sentence) {
            super(sentence);
        }
    }

    /** @param maxBytes of the text in UTF-8 */
    public static JsonNode parse(String text, int maxBytes) throws YamlRefused {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length > maxBytes) {
            throw new YamlRefused("larger than " + maxBytes + " bytes");
        }
        try {
            return StrictJson.parse(utf8);
        } catch (StrictJson.DuplicateKey e) {
            throw new YamlRefused("the key \"" + e.key() + "\" stands twice in one object");
        } catch (StrictJson.JsonRefused e) {
            return new StrictYaml().node(loaded(text, maxBytes), 0);
        }
    }

    private static @Nullable Object loaded(String text, int maxBytes) throws YamlRefused {
        LoadSettings settings = LoadSettings.builder()
                .setLabel("file")
                .setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setCodePointLimit(maxBytes)
                .build();
        try {
            return new Load(settings).loadFromString(text);
        } catch (YamlEngineException e) {
            throw new YamlRefused("not well-formed YAML or JSON: " + e.getMessage());
        } catch (StackOverflowError e) {
            // The YAML parser is recursive and has no limit of its own for flow collections.
            throw new YamlRefused("nested too deeply");
        }
    }

    private JsonNode node(@Nullable Object value, int depth) throws YamlRefused {
        if (depth > StrictJson.MAX_DEPTH) {
            throw new YamlRefused("nested deeper than " + StrictJson.MAX_DEPTH);
        }
        // Aliases may repeat what they name.
        if (++nodes > MAX_NODES) {
            throw new YamlRefused("larger than " + MAX_NODES + " values, with what its aliases repeat");
        }
        return switch (value) {
            case null -> NODES.nullNode();
            case String text -> NODES.stringNode(text);
            case Boolean flag -> NODES.booleanNode(flag);
            case Integer number -> NODES.numberNode(number.intValue());
            case Long number -> NODES.numberNode(number.longValue());
            case Double number when Double.isFinite(number) -> NODES.numberNode(number.doubleValue());
            case BigInteger number -> throw new YamlRefused("a number of " + number.bitLength() + " bits is beyond 64");
            case List<?> list -> array(list, depth);
            case Map<?, ?> map -> object(map, depth);
            default -> throw new YamlRefused("holds something that JSON cannot say");
        };
    }

    private ArrayNode array(List<?> list, int depth) throws YamlRefused {
        ArrayNode array = NODES.arrayNode();
        for (Object element : list) {
            array.add(node(element, depth + 1));
        }
        return array;
    }

    private ObjectNode object(Map<?, ?> map, int depth) throws YamlRefused {
        ObjectNode object = NODES.objectNode();
        for (Map.Entry<?, ?> member : map.entrySet()) {
            if (!(member.getKey() instanceof String name)) {
                throw new YamlRefused("the key " + member.getKey() + " is no text: put it in quotes");
            }
            object.set(name, node(member.getValue(), depth + 1));
        }
        return object;
    }
}
