package bulwark.tasks.schedule;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.json.StrictJson.JsonRefused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A schedule as the flat texts of a Redis hash, without its id: objects are JSON, numbers decimal, an empty text is null. Source of the form: Stem 0.2;
 * {@code missed} is ours, readers of the original ignore it. Thread-safe.
 */
public final class ScheduleHash {
    private static final List<String> ORDER = List.of(
            "taskName",
            "queue",
            "spec",
            "args",
            "kwargs",
            "enabled",
            "jitterMs",
            "lastRunAt",
            "nextRunAt",
            "lastJitterMs",
            "lastError",
            "timezone",
            "totalRunCount",
            "lastSuccessAt",
            "lastErrorAt",
            "driftMs",
            "expireAt",
            "meta",
            "version",
            "missed");
    private static final Set<String> OBJECTS = Set.of("args", "kwargs", "meta");
    private static final Set<String> NUMBERS =
            Set.of("jitterMs", "lastJitterMs", "totalRunCount", "driftMs", "version", "missed");

    private ScheduleHash() {}

    /** In the order of the wire. */
    public static Map<String, String> of(ScheduleEntry entry) {
        ObjectNode json = ScheduleJson.json(entry);
        Map<String, String> fields = new LinkedHashMap<>();
        for (String name : ORDER) {
            fields.put(name, text(name, json.get(name)));
        }
        return fields;
    }

    /** Unknown fields are ignored. @throws ScheduleRefused with every fault */
    public static ScheduleEntry parse(String id, Map<String, String> fields) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        List<String> faults = new ArrayList<>();
        json.put("id", id);
        fields.forEach((name, value) -> {
            if (ORDER.contains(name) && !value.isEmpty()) {
                json.set(name, node(id, name, value, faults));
            }
        });
        ScheduleEntry entry = ScheduleJson.read(json, "schedule \"" + id + "\"", faults);
        if (!faults.isEmpty()) {
            throw new ScheduleRefused(faults);
        }
        return entry;
    }

    private static String text(String name, @org.jspecify.annotations.Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return OBJECTS.contains(name) ? "{}" : name.equals("missed") ? "0" : "";
        }
        return value.isString() ? value.stringValue() : StrictJson.text(value);
    }

    private static JsonNode node(String id, String name, String value, List<String> faults) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        boolean json = OBJECTS.contains(name)
                || NUMBERS.contains(name)
                || name.equals("spec") && (value.startsWith("{") || value.startsWith("\""));
        if (json) {
            try {
                return StrictJson.parse(value.getBytes(StandardCharsets.UTF_8));
            } catch (JsonRefused e) {
                faults.add("schedule \"" + id + "\": " + name + " is not well-formed");
                return nodes.nullNode();
            }
        }
        return name.equals("enabled") ? nodes.booleanNode(value.equals("true")) : nodes.stringNode(value);
    }
}
