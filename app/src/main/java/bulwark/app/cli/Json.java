package bulwark.app.cli;

import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON as people read it: two blanks for each depth. */
public final class Json {
    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static String pretty(JsonNode node) {
        StringBuilder text = new StringBuilder();
        write(node, "\n", text);
        return text.toString();
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

    private static void write(JsonNode node, String line, StringBuilder text) {
        String deeper = line + "  ";
        if (node.isObject() && !node.isEmpty()) {
            text.append('{');
            Iterator<Map.Entry<String, JsonNode>> members = node.properties().iterator();
            while (members.hasNext()) {
                Map.Entry<String, JsonNode> member = members.next();
                text.append(deeper)
                        .append(compact(JsonNodeFactory.instance.stringNode(member.getKey())))
                        .append(": ");
                write(member.getValue(), deeper, text);
                text.append(members.hasNext() ? "," : "");
            }
            text.append(line).append('}');
        } else if (node.isArray() && !node.isEmpty()) {
            text.append('[');
            for (int i = 0; i < node.size(); i++) {
                text.append(i == 0 ? "" : ",").append(deeper);
                write(node.get(i), deeper, text);
            }
            text.append(line).append(']');
        } else {
            text.append(compact(node));
        }
    }
}
