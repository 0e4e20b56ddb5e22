package bulwark.gateway.control.schema;

import bulwark.gateway.control.schema.SchemaField.Type;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** An object of JSON with all the members that it may have: bodies are read by it, answers are cut to it, and the OpenAPI document shows it. Immutable. */
public final class BodySchema {
    private static final int MAX_KEY_SHOWN = 60;

    private final String name;
    private final List<SchemaField> fields;

    private BodySchema(String name, List<SchemaField> fields) {
        this.name = name;
        this.fields = List.copyOf(fields);
    }

    /** @param name in the OpenAPI document, such as {@code ApiDraft} */
    public static BodySchema of(String name) {
        return new BodySchema(name, List.of());
    }

    /** Every member of both. @param name of the new one */
    public BodySchema and(String name, BodySchema other) {
        List<SchemaField> all = new ArrayList<>(fields);
        all.addAll(other.fields);
        return new BodySchema(name, all);
    }

    /** With one more member. */
    public BodySchema with(SchemaField field) {
        List<SchemaField> more = new ArrayList<>(fields);
        more.add(field);
        return new BodySchema(name, more);
    }

    /** The same members, none of them required. @param name of the new one */
    public BodySchema optional(String name) {
        return new BodySchema(
                name,
                fields.stream()
                        .map(field -> new SchemaField(
                                field.name(),
                                field.type(),
                                false,
                                field.min(),
                                field.max(),
                                field.pattern(),
                                field.must(),
                                field.choices(),
                                field.element()))
                        .toList());
    }

    public BodySchema requiredText(String field, int max) {
        return plus(field, Type.TEXT, true, 0, max, null, "", List.of(), null);
    }

    public BodySchema text(String field, int max) {
        return plus(field, Type.TEXT, false, 0, max, null, "", List.of(), null);
    }

    public BodySchema lines(String field, int max) {
        return plus(field, Type.LINES, false, 0, max, null, "", List.of(), null);
    }

    public BodySchema requiredLines(String field, int max) {
        return plus(field, Type.LINES, true, 0, max, null, "", List.of(), null);
    }

    /** @param must what the pattern asks for, to stand behind the field's name */
    public BodySchema requiredText(String field, int max, Pattern pattern, String must) {
        return plus(field, Type.TEXT, true, 0, max, pattern, must, List.of(), null);
    }

    public BodySchema text(String field, int max, Pattern pattern, String must) {
        return plus(field, Type.TEXT, false, 0, max, pattern, must, List.of(), null);
    }

    public BodySchema requiredChoice(String field, String... choices) {
        return plus(field, Type.TEXT, true, 0, SchemaField.MAX_LIST_TEXT, null, "", List.of(choices), null);
    }

    public BodySchema choice(String field, String... choices) {
        return plus(field, Type.TEXT, false, 0, SchemaField.MAX_LIST_TEXT, null, "", List.of(choices), null);
    }

    /** Bounds inclusive. */
    public BodySchema requiredNumber(String field, long min, long max) {
        return plus(field, Type.NUMBER, true, min, max, null, "", List.of(), null);
    }

    /** Bounds inclusive. */
    public BodySchema number(String field, long min, long max) {
        return plus(field, Type.NUMBER, false, min, max, null, "", List.of(), null);
    }

    /** In answers alone. */
    public BodySchema decimal(String field) {
        return plus(field, Type.DECIMAL, false, 0, 0, null, "", List.of(), null);
    }

    public BodySchema flag(String field) {
        return plus(field, Type.FLAG, false, 0, 0, null, "", List.of(), null);
    }

    public BodySchema time(String field) {
        return plus(field, Type.TIME, false, 0, 0, null, "", List.of(), null);
    }

    public BodySchema texts(String field, int maxItems) {
        return plus(field, Type.TEXTS, false, 0, maxItems, null, "", List.of(), null);
    }

    /** @param choices of which each text must be one */
    public BodySchema texts(String field, int maxItems, List<String> choices) {
        return plus(field, Type.TEXTS, false, 0, maxItems, null, "", choices, null);
    }

    public BodySchema requiredTexts(String field, int maxItems, List<String> choices) {
        return plus(field, Type.TEXTS, true, 0, maxItems, null, "", choices, null);
    }

    public BodySchema object(String field, BodySchema of) {
        return plus(field, Type.OBJECT, false, 0, 0, null, "", List.of(), of);
    }

    public BodySchema objects(String field, int maxItems, BodySchema of) {
        return plus(field, Type.OBJECTS, false, 0, maxItems, null, "", List.of(), of);
    }

    /** An object whose members this schema does not know; of a body it is a node of JSON, which its own reader judges. */
    public BodySchema anyObject(String field) {
        return plus(field, Type.ANY_OBJECT, false, 0, 0, null, "", List.of(), null);
    }

    private BodySchema plus(
            String field,
            Type type,
            boolean required,
            long min,
            long max,
            @Nullable Pattern pattern,
            String must,
            List<String> choices,
            @Nullable BodySchema element) {
        List<SchemaField> more = new ArrayList<>(fields);
        more.add(new SchemaField(field, type, required, min, max, pattern, must, choices, element));
        return new BodySchema(name, more);
    }

    public String name() {
        return name;
    }

    public List<SchemaField> fields() {
        return fields;
    }

    /** @throws BodyRefused with every fault, each sentence beginning with its field */
    public Map<String, Object> parse(byte[] utf8) {
        JsonNode node;
        try {
            node = StrictJson.parse(utf8);
        } catch (StrictJson.DuplicateKey e) {
            throw new BodyRefused(List.of(shown(e.key()) + " must be given once"));
        } catch (StrictJson.JsonRefused e) {
            throw new BodyRefused(List.of("body: " + e.getMessage()));
        }
        List<String> faults = new ArrayList<>();
        Map<String, Object> members = new LinkedHashMap<>();
        readInto(JsonFields.of(node, "", faults), members);
        if (!faults.isEmpty()) {
            throw new BodyRefused(faults);
        }
        return members;
    }

    private static String shown(String key) {
        return bulwark.kernel.error.PrintableText.of(key, MAX_KEY_SHOWN);
    }

    void readInto(JsonFields object, Map<String, Object> members) {
        fields.forEach(field -> field.read(object, members));
        object.end();
    }

    /** The members that this schema knows and the source has, in the schema's order: what is not declared is never answered. */
    public Map<String, Object> view(Map<String, ?> source) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (SchemaField field : fields) {
            Object value = source.get(field.name());
            if (value != null) {
                members.put(field.name(), value);
            }
        }
        return members;
    }

    /** As JSON Schema 2020-12 has it. */
    public Map<String, Object> jsonSchema() {
        Map<String, Object> properties = new LinkedHashMap<>();
        fields.forEach(field -> properties.put(field.name(), field.jsonSchema()));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        List<String> required = fields.stream()
                .filter(SchemaField::required)
                .map(SchemaField::name)
                .toList();
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", false);
        return schema;
    }

    /** Its name in the OpenAPI document. */
    public Map<String, Object> reference() {
        return Map.of("$ref", "#/components/schemas/" + name);
    }

    /** Puts itself and every schema within it into the map, by name. @throws IllegalStateException when two schemas have one name */
    public void collect(Map<String, BodySchema> byName) {
        BodySchema other = byName.put(name, this);
        if (other != null && other != this) {
            throw new IllegalStateException("two schemas are called " + name);
        }
        for (SchemaField field : fields) {
            BodySchema element = field.element();
            if (element != null && byName.get(element.name) != element) {
                element.collect(byName);
            }
        }
    }
}
