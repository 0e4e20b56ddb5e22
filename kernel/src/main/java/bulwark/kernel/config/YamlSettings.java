package bulwark.kernel.config;

import bulwark.kernel.json.StrictYaml;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Settings in YAML: keys in any case, those of nested objects joined by two underscores under the part's prefix, so that {@code tls: {port: 8443}} is {@code STOA_TLS__PORT}. Lists are joined by
 * commas; null counts as unset.
 *
 * @param values by full name
 * @param problems one sentence each, never with a value
 */
record YamlSettings(Map<String, String> values, List<String> problems) {
    private static final int MAX_BYTES = 1 << 20;

    /** @param file as sentences name it */
    static YamlSettings parse(String text, String prefix, String file) {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        try {
            JsonNode document = StrictYaml.parse(text, MAX_BYTES);
            if (document.isObject()) {
                members(document, prefix, file, values, problems);
            } else if (!document.isNull()) {
                problems.add(file + " must be an object of settings");
            }
        } catch (StrictYaml.YamlRefused e) {
            problems.add(file + ": " + e.getMessage());
        }
        return new YamlSettings(Map.copyOf(values), List.copyOf(problems));
    }

    private static void members(
            JsonNode object, String prefix, String file, Map<String, String> values, List<String> problems) {
        object.properties().forEach(member -> {
            String name = prefix + member.getKey().toUpperCase(Locale.ROOT).replace('-', '_');
            JsonNode value = member.getValue();
            switch (value.getNodeType()) {
                case OBJECT -> members(value, name + "__", file, values, problems);
                case ARRAY -> put(name, list(value, name, file, problems), file, values, problems);
                case STRING -> put(name, value.stringValue(), file, values, problems);
                case BOOLEAN, NUMBER -> put(name, value.asString(), file, values, problems);
                default -> {}
            }
        });
    }

    private static void put(String name, String value, String file, Map<String, String> values, List<String> problems) {
        if (values.putIfAbsent(name, value) != null) {
            problems.add(name + " stands twice in " + file + ": keep one");
        }
    }

    private static String list(JsonNode list, String name, String file, List<String> problems) {
        List<String> elements = new ArrayList<>();
        for (JsonNode element : list) {
            if (element.isContainer() || element.isNull() || element.asString().indexOf(',') >= 0) {
                problems.add(name + " in " + file + " must be a list of texts without commas");
                return "";
            }
            elements.add(element.asString());
        }
        return String.join(",", elements);
    }
}
