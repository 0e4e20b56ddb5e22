package bulwark.gateway.control.schema;

import bulwark.kernel.json.JsonFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One member of an object. Immutable.
 *
 * @param min of a number its least value; 0 for all else
 * @param max of a text its characters, of a number its greatest value, of a list its elements
 * @param pattern that a whole text must match, or null
 * @param must what the pattern asks for, to stand behind the field's name
 * @param choices of which a text, or each text of a list, must be one; empty for any
 * @param element of a list of objects, or of an object; null for all else
 */
public record SchemaField(
        String name,
        Type type,
        boolean required,
        long min,
        long max,
        @Nullable Pattern pattern,
        String must,
        List<String> choices,
        @Nullable BodySchema element) {
    static final int MAX_LIST_TEXT = 200;

    /** What JSON holds there. */
    public enum Type {
        TEXT("string"),
        /** Text of several lines. */
        LINES("string"),
        /** Of RFC 3339. */
        TIME("string"),
        NUMBER("integer"),
        /** A number with a fraction; in answers alone. */
        DECIMAL("number"),
        FLAG("boolean"),
        TEXTS("array"),
        OBJECT("object"),
        OBJECTS("array"),
        /** Of members that the schema does not know: in answers, and where a body's own reader judges it. */
        ANY_OBJECT("object");

        private final String jsonType;

        Type(String jsonType) {
            this.jsonType = jsonType;
        }
    }

    public SchemaField {
        choices = List.copyOf(choices);
    }

    /** Puts the value, where there is one, into the map; adds what is wrong to the fields' faults. */
    void read(JsonFields fields, Map<String, Object> into) {
        boolean present = fields.has(name);
        if (!present) {
            if (required) {
                fields.fault(name, "is required");
            }
            return;
        }
        switch (type) {
            case TEXT -> readText(fields, into);
            case LINES -> {
                String text = fields.lines(name, (int) max);
                if (!text.isEmpty()) {
                    into.put(name, text);
                }
            }
            case NUMBER -> into.put(name, fields.wholeNumber(name, min, max, min));
            case FLAG -> into.put(name, fields.flag(name, false));
            case TEXTS -> readTexts(fields, into);
            case OBJECT -> fields.object(name).ifPresent(nested -> into.put(name, nested(nested)));
            case OBJECTS -> into.put(name, fields.objects(name, (int) max, this::nested));
            case TIME -> SchemaTime.read(fields, name).ifPresent(time -> into.put(name, time.toString()));
            case ANY_OBJECT -> fields.rawObject(name).ifPresent(node -> into.put(name, node));
            case DECIMAL -> throw new IllegalStateException(name + " stands in answers alone");
        }
    }

    private Map<String, Object> nested(JsonFields nested) {
        Map<String, Object> members = new LinkedHashMap<>();
        Optional.ofNullable(element).orElseThrow().readInto(nested, members);
        return members;
    }

    private void readText(JsonFields fields, Map<String, Object> into) {
        String text = required ? fields.text(name, (int) max) : fields.text(name, (int) max, "");
        if (text.isEmpty()) {
            return;
        }
        if (!choices.isEmpty() && !choices.contains(text)) {
            fields.fault(name, "must be one of " + String.join(", ", choices));
        } else if (pattern != null && !pattern.matcher(text).matches()) {
            fields.fault(name, must);
        } else {
            into.put(name, text);
        }
    }

    private void readTexts(JsonFields fields, Map<String, Object> into) {
        List<String> texts = fields.texts(name, (int) max, MAX_LIST_TEXT);
        for (String text : texts) {
            if (!choices.isEmpty() && !choices.contains(text)) {
                fields.fault(name, "must hold nothing but " + String.join(", ", choices));
                return;
            }
            if (pattern != null && !pattern.matcher(text).matches()) {
                fields.fault(name, must);
                return;
            }
        }
        into.put(name, texts);
    }

    /** As JSON Schema 2020-12 has it. */
    Map<String, Object> jsonSchema() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", type.jsonType);
        switch (type) {
            case TEXT -> {
                schema.put("maxLength", max);
                textRules(schema);
            }
            case LINES -> schema.put("maxLength", max);
            case TIME -> schema.put("format", "date-time");
            case NUMBER -> {
                schema.put("minimum", min);
                schema.put("maximum", max);
            }
            case TEXTS -> {
                Map<String, Object> items = new LinkedHashMap<>(Map.of("type", "string"));
                textRules(items);
                schema.put("maxItems", max);
                schema.put("items", items);
            }
            case OBJECTS -> {
                schema.put("maxItems", max);
                schema.put("items", reference());
            }
            case OBJECT -> {
                return reference();
            }
            case FLAG, DECIMAL, ANY_OBJECT -> {
                // The type says all.
            }
        }
        return schema;
    }

    private void textRules(Map<String, Object> schema) {
        if (pattern != null) {
            schema.put("pattern", "^(?:" + pattern.pattern() + ")$");
        }
        if (!choices.isEmpty()) {
            schema.put("enum", new ArrayList<>(choices));
        }
    }

    private Map<String, Object> reference() {
        return Optional.ofNullable(element).orElseThrow().reference();
    }
}
