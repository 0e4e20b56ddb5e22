package bulwark.kernel.json;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Parsed JSON as the plain values that {@link CanonicalJson} signs; whole numbers are Long where they fit, else BigInteger. */
public final class PlainJson {
    private PlainJson() {}

    /** @throws IllegalArgumentException when it is not an object */
    public static Map<String, @Nullable Object> object(JsonNode node) {
        if (!node.isObject()) {
            throw new IllegalArgumentException("not a JSON object");
        }
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        node.properties().forEach(member -> members.put(member.getKey(), value(member.getValue())));
        return members;
    }

    /** Without the members that are null, at every depth. @throws IllegalArgumentException when it is not an object */
    public static Map<String, Object> withoutNulls(JsonNode node) {
        Map<String, Object> members = new LinkedHashMap<>();
        object(node).forEach((name, value) -> {
            if (value != null) {
                members.put(name, pruned(value));
            }
        });
        return members;
    }

    private static Object pruned(Object value) {
        if (value instanceof Map<?, ?> object) {
            object.values().removeIf(Objects::isNull);
            object.values().forEach(PlainJson::prune);
        } else if (value instanceof List<?> list) {
            list.forEach(PlainJson::prune);
        }
        return value;
    }

    private static void prune(@Nullable Object value) {
        if (value != null) {
            pruned(value);
        }
    }

    private static @Nullable Object value(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> object(node);
            case ARRAY -> list(node);
            case STRING -> node.stringValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> node.isIntegralNumber() ? whole(node.bigIntegerValue()) : (Object) node.doubleValue();
            default -> null;
        };
    }

    private static Number whole(BigInteger exact) {
        return exact.bitLength() < Long.SIZE ? (Number) exact.longValue() : exact;
    }

    private static List<@Nullable Object> list(JsonNode node) {
        List<@Nullable Object> items = new ArrayList<>(node.size());
        node.values().forEach(item -> items.add(value(item)));
        return items;
    }
}
