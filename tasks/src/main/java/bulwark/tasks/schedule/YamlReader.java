package bulwark.tasks.schedule;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.json.StrictJson.DuplicateKey;
import bulwark.kernel.json.StrictJson.JsonRefused;
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

/** Text in JSON, or in the part of YAML that JSON can say, as a tree. Duplicate keys, deep nesting and numbers beyond 64 bits are refused. */
final class YamlReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MAX_NODES = 500_000;

    private int nodes;

    private YamlReader() {}

    /** @throws ScheduleRefused when it is neither */
    static JsonNode parse(String text) {
        try {
            return StrictJson.parse(text.getBytes(StandardCharsets.UTF_8));
        } catch (DuplicateKey e) {
            throw refused("the key \"" + e.key() + "\" stands twice in one object");
        } catch (JsonRefused e) {
            return yaml(text);
        }
    }

    private static JsonNode yaml(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel("definitions")
                .setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(20)
                .setCodePointLimit(ScheduleFileParser.MAX_BYTES)
                .build();
        Object loaded;
        try {
            loaded = new Load(settings).loadFromString(text);
        } catch (YamlEngineException e) {
            throw refused("not well-formed YAML or JSON: " + e.getMessage());
        } catch (StackOverflowError e) {
            // The YAML parser is recursive and has no limit of its own for flow collections.
            throw refused("nested too deeply");
        }
        return new YamlReader().node(loaded, 0);
    }

    private JsonNode node(@Nullable Object value, int depth) {
        if (depth > StrictJson.MAX_DEPTH) {
            throw refused("nested deeper than " + StrictJson.MAX_DEPTH);
        }
        // Aliases may repeat what they name.
        if (++nodes > MAX_NODES) {
            throw refused("larger than a file of schedules can be");
        }
        return switch (value) {
            case null -> NODES.nullNode();
            case String text -> NODES.stringNode(text);
            case Boolean flag -> NODES.booleanNode(flag);
            case Integer number -> NODES.numberNode(number.intValue());
            case Long number -> NODES.numberNode(number.longValue());
            case Double number when Double.isFinite(number) -> NODES.numberNode(number.doubleValue());
            case BigInteger number -> throw refused("the number " + shortened(number) + " is beyond 64 bits");
            case List<?> list -> array(list, depth);
            case Map<?, ?> map -> object(map, depth);
            default -> throw refused("holds something that JSON cannot say");
        };
    }

    private ArrayNode array(List<?> list, int depth) {
        ArrayNode array = NODES.arrayNode();
        list.forEach(element -> array.add(node(element, depth + 1)));
        return array;
    }

    private ObjectNode object(Map<?, ?> map, int depth) {
        ObjectNode object = NODES.objectNode();
        map.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw refused("the key " + key + " is no text: put it in quotes");
            }
            object.set(name, node(value, depth + 1));
        });
        return object;
    }

    private static String shortened(BigInteger number) {
        String text = number.toString();
        return text.length() <= 30 ? text : text.substring(0, 30) + "…";
    }

    private static ScheduleRefused refused(String sentence) {
        return new ScheduleRefused(List.of(sentence));
    }
}
