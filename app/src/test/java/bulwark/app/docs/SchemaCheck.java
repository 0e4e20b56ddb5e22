package bulwark.app.docs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares an answer with the schema of a document, as far as that document goes; a member that the schema does not name is a fault. */
final class SchemaCheck {
    private final Object document;
    private final List<String> faults = new ArrayList<>();

    SchemaCheck(Object document) {
        this.document = document;
    }

    static List<String> faults(Object document, Object schema, Object value) {
        SchemaCheck check = new SchemaCheck(document);
        check.value("answer", (Map<?, ?>) schema, value);
        return check.faults;
    }

    static Object at(Object document, String reference) {
        Object node = document;
        for (String step : reference.substring(2).split("/")) {
            node = node == null ? null : ((Map<?, ?>) node).get(step);
        }
        return node;
    }

    private void value(String where, Map<?, ?> given, Object value) {
        Map<?, ?> schema = resolved(given);
        if (schema.get("anyOf") instanceof List<?> choices) {
            if (choices.stream()
                    .noneMatch(choice -> faults(document, choice, value).isEmpty())) {
                faults.add(where + " fits no form of anyOf: " + value);
            }
            return;
        }
        if (schema.containsKey("const") && !schema.get("const").equals(value)) {
            faults.add(where + " is not " + schema.get("const"));
        }
        if (schema.get("enum") instanceof List<?> words && !words.contains(value)) {
            faults.add(where + " is none of " + words + ": " + value);
        }
        if (schema.get("type") != null && !types(schema.get("type")).contains(typeOf(value))) {
            if (!(typeOf(value).equals("integer") && types(schema.get("type")).contains("number"))) {
                faults.add(where + " is no " + schema.get("type") + " but " + value);
            }
            return;
        }
        if (value instanceof Map<?, ?> map) {
            object(where, schema, map);
        } else if (value instanceof List<?> list && schema.get("items") instanceof Map<?, ?> items) {
            list.forEach(element -> value(where + "[]", items, element));
        }
    }

    private void object(String where, Map<?, ?> schema, Map<?, ?> value) {
        Map<Object, Object> properties = new LinkedHashMap<>();
        Set<Object> required = new LinkedHashSet<>();
        gather(schema, properties, required);
        for (Object name : required) {
            if (!value.containsKey(name)) {
                faults.add(where + " lacks " + name);
            }
        }
        value.forEach((name, member) -> {
            if (properties.get(name) instanceof Map<?, ?> described) {
                value(where + "." + name, described, member);
            } else if (!properties.isEmpty() && !schema.containsKey("additionalProperties")) {
                faults.add(where + " has a member that is not documented: " + name);
            }
        });
    }

    private void gather(Map<?, ?> given, Map<Object, Object> properties, Set<Object> required) {
        Map<?, ?> schema = resolved(given);
        if (schema.get("allOf") instanceof List<?> all) {
            all.forEach(part -> gather((Map<?, ?>) part, properties, required));
        }
        if (schema.get("properties") instanceof Map<?, ?> own) {
            properties.putAll(own);
        }
        if (schema.get("required") instanceof List<?> names) {
            required.addAll(names);
        }
    }

    private Map<?, ?> resolved(Map<?, ?> schema) {
        return schema.get("$ref") instanceof String reference ? (Map<?, ?>) at(document, reference) : schema;
    }

    private static List<?> types(Object type) {
        return type instanceof List<?> list ? list : List.of(type);
    }

    private static String typeOf(Object value) {
        return switch (value) {
            case null -> "null";
            case String text -> "string";
            case Boolean flag -> "boolean";
            case Double number -> "number";
            case Number number -> "integer";
            case List<?> list -> "array";
            default -> "object";
        };
    }
}
