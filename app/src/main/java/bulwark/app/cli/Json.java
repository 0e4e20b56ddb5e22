package bulwark.app.cli;

import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON that commands take and show. */
public final class Json {
    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static String pretty(JsonNode node) {
        return StrictJson.pretty(node);
    }

    public static String compact(JsonNode node) {
        return StrictJson.text(node);
    }

    /** @throws CommandFailed naming where the text came from */
    public static ObjectNode parseObject(String text, String origin) {
        try {
            if (StrictJson.parse(text.getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode object) {
                return object;
            }
            throw CommandFailed.usage(origin + " must be a JSON object, for instance '{\"a\":1}'");
        } catch (StrictJson.JsonRefused refused) {
            throw CommandFailed.usage(origin + " is no JSON: " + refused.getMessage()
                    + (refused.offset() < 0 ? "" : " (byte " + refused.offset() + ")"));
        }
    }
}
