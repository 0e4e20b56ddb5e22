package bulwark.facts;

import bulwark.kernel.json.StrictJson;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A JSON object from a caller, read field by field. Faults are collected in FastAPI's shape and thrown together by {@link
 * #check}; until then a faulty field reads as its fallback, so call {@code check} before acting. Fields that nobody asks for
 * are ignored. An explicit {@code null} counts as absent. Strings with NUL or a lone surrogate are refused. For one thread.
 */
public final class RequestBody {
    private final JsonNode object;
    private final List<Object> location;
    private final FieldErrors faults;

    private RequestBody(JsonNode object, List<Object> location, FieldErrors faults) {
        this.object = object;
        this.location = location;
        this.faults = faults;
    }

    /**
     * @param secretFields top-level fields whose values no answer may repeat
     * @throws Refusal.Invalid when the bytes are absent, not JSON or not an object
     */
    public static RequestBody parse(byte[] utf8, String... secretFields) {
        List<Object> top = List.of("body");
        JsonNode node;
        try {
            node = StrictJson.parse(utf8);
        } catch (StrictJson.JsonRefused e) {
            throw FieldErrors.notJson(e);
        }
        if (!node.isObject()) {
            throw Refusal.Invalid.field("model_attributes_type", top, FieldErrors.NOT_AN_OBJECT, null);
        }
        return new RequestBody(node, top, new FieldErrors(Set.of(secretFields)));
    }

    /** Present and not null. */
    public boolean has(String field) {
        return present(field).isPresent();
    }

    /** Present as an explicit {@code null}, for the few fields where that differs from absent. */
    public boolean holdsNull(String field) {
        JsonNode node = object.get(field);
        return node != null && node.isNull();
    }

    /** The value as it came, for fields with a shape of their own. */
    public Optional<JsonNode> raw(String field) {
        return present(field);
    }

    public String text(String field) {
        return text(field, 0, Integer.MAX_VALUE);
    }

    /** Required; lengths in code points, inclusive. */
    public String text(String field, int min, int max) {
        return required(field).flatMap(node -> string(node, field, min, max)).orElse("");
    }

    public Optional<String> optionalText(String field) {
        return optionalText(field, 0, Integer.MAX_VALUE);
    }

    public Optional<String> optionalText(String field, int min, int max) {
        return present(field).flatMap(node -> string(node, field, min, max));
    }

    /**
     * Required: how an entity, a relation or a source is called. Characters that show nothing are refused.
     *
     * @param folded white space in it is folded when it is normalised
     */
    public String name(String field, int min, int max, boolean folded) {
        return required(field)
                .flatMap(node -> string(node, field, min, max))
                .filter(name -> visible(name, field, folded))
                .orElse("");
    }

    /** As {@link #name}, when it is there. */
    public Optional<String> optionalName(String field, int min, int max, boolean folded) {
        return optionalText(field, min, max).filter(name -> visible(name, field, folded));
    }

    /** Required list of strings. */
    public List<String> texts(String field) {
        return required(field).map(node -> strings(node, field)).orElse(List.of());
    }

    public List<String> texts(String field, List<String> fallback) {
        return present(field).map(node -> strings(node, field)).orElse(fallback);
    }

    public boolean flag(String field, boolean fallback) {
        Optional<JsonNode> node = present(field);
        if (node.isPresent() && !node.get().isBoolean()) {
            add("bool_type", field, "Input should be a valid boolean", node.get());
            return fallback;
        }
        return node.map(JsonNode::booleanValue).orElse(fallback);
    }

    /** Inclusive range. */
    public long wholeNumber(String field, long fallback, long min, long max) {
        return present(field)
                .flatMap(node -> exact(node, field, min, max, true))
                .map(BigDecimal::longValueExact)
                .orElse(fallback);
    }

    /** Inclusive range. */
    public double number(String field, double fallback, double min, double max) {
        return present(field)
                .flatMap(node -> exact(node, field, min, max, false))
                .map(BigDecimal::doubleValue)
                .orElse(fallback);
    }

    /** A required nested object; its faults join these. Absent or faulty reads as an object without fields. */
    public Optional<RequestBody> object(String field) {
        return required(field).flatMap(node -> nested(node, field));
    }

    public Optional<RequestBody> optionalObject(String field) {
        return present(field).flatMap(node -> nested(node, field));
    }

    /** A list of objects; each element's faults carry its index. Absent reads as empty. */
    public List<RequestBody> objects(String field) {
        Optional<JsonNode> list = present(field);
        if (list.isEmpty()) {
            return List.of();
        }
        if (!list.get().isArray()) {
            add("list_type", field, "Input should be a valid list", list.get());
            return List.of();
        }
        List<RequestBody> bodies = new ArrayList<>();
        RequestBody elements = new RequestBody(object, at(field), faults);
        for (JsonNode element : list.get()) {
            RequestBody body = new RequestBody(element, FieldErrors.join(elements.location, bodies.size()), faults);
            if (!element.isObject()) {
                faults.add("model_attributes_type", body.location, FieldErrors.NOT_AN_OBJECT, element);
            }
            bodies.add(body);
        }
        return List.copyOf(bodies);
    }

    /** Adds a finding of the caller's own: {@code value_error} with FastAPI's prefix. */
    public void valueError(String field, String sentence) {
        JsonNode node = object.get(field);
        faults.valueError(at(field), sentence, node == null || faults.hides(field) ? null : node);
    }

    /** Adds a fault of any type at a field. */
    public void fault(String type, String field, String message) {
        JsonNode node = object.get(field);
        faults.add(type, at(field), message, node == null || faults.hides(field) ? null : node);
    }

    /** @throws Refusal.Invalid with everything found so far */
    public void check() {
        faults.check();
    }

    private boolean visible(String name, String field, boolean folded) {
        OptionalInt hidden = NameCharacters.firstHidden(name, folded);
        hidden.ifPresent(point -> faults.valueError(
                at(field),
                field
                        + " holds U+%04X (%s), which cannot be seen: leave it out"
                                .formatted(point, Character.getName(point)),
                faults.hides(field) ? null : name));
        return hidden.isEmpty();
    }

    private Optional<JsonNode> present(String field) {
        JsonNode node = object.get(field);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    private Optional<JsonNode> required(String field) {
        JsonNode node = object.get(field);
        if (node == null) {
            faults.add("missing", at(field), "Field required", faults.hidesAny() ? null : object);
            return Optional.empty();
        }
        return Optional.of(node);
    }

    private Optional<String> string(JsonNode node, String field, int min, int max) {
        if (!node.isString()) {
            add("string_type", field, "Input should be a valid string", node);
            return Optional.empty();
        }
        String text = node.stringValue();
        return faults.text(text, at(field), min, max, faults.hides(field)) ? Optional.of(text) : Optional.empty();
    }

    private List<String> strings(JsonNode node, String field) {
        if (!node.isArray()) {
            add("list_type", field, "Input should be a valid list", node);
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        int index = 0;
        for (JsonNode element : node) {
            List<Object> place = FieldErrors.join(at(field), index++);
            if (!element.isString()) {
                faults.add("string_type", place, "Input should be a valid string", element);
            } else if (faults.text(element.stringValue(), place, 0, Integer.MAX_VALUE, faults.hides(field))) {
                texts.add(element.stringValue());
            }
        }
        return List.copyOf(texts);
    }

    private Optional<BigDecimal> exact(JsonNode node, String field, Number min, Number max, boolean whole) {
        if (!node.isNumber()) {
            add(
                    whole ? "int_type" : "float_type",
                    field,
                    "Input should be a valid " + (whole ? "integer" : "number"),
                    node);
            return Optional.empty();
        }
        BigDecimal value = node.decimalValue();
        return faults.range(
                        value, at(field), new BigDecimal(min.toString()), new BigDecimal(max.toString()), whole, node)
                ? Optional.of(value)
                : Optional.empty();
    }

    private Optional<RequestBody> nested(JsonNode node, String field) {
        if (!node.isObject()) {
            add("model_attributes_type", field, FieldErrors.NOT_AN_OBJECT, node);
            return Optional.empty();
        }
        return Optional.of(new RequestBody(node, at(field), faults));
    }

    private void add(String type, String field, String message, JsonNode input) {
        faults.add(type, at(field), message, faults.hides(field) ? null : input);
    }

    private List<Object> at(String field) {
        return FieldErrors.join(location, field);
    }
}
