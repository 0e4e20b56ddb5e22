package bulwark.web;

import bulwark.kernel.json.StrictJson;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * A JSON object from a caller, read field by field. What is wrong is collected and thrown together by {@link #check}; until then a
 * faulty field reads as its fallback, so call {@code check} before acting. Fields that nobody asks for
 * are ignored. An explicit {@code null} counts as absent. Strings with NUL or a lone surrogate are refused. For one thread.
 */
public final class RequestBody {
    private static final String NOT_AN_OBJECT = "must be an object";

    private final JsonNode object;
    private final List<Object> location;
    private final FieldErrors errors;

    private RequestBody(JsonNode object, List<Object> location, FieldErrors errors) {
        this.object = object;
        this.location = location;
        this.errors = errors;
    }

    /**
     * @param secretFields top-level fields whose values no answer may repeat
     * @throws FieldsRefused when the bytes are absent, not JSON or not an object
     */
    public static RequestBody parse(byte[] utf8, String... secretFields) {
        JsonNode node;
        try {
            node = StrictJson.parse(utf8);
        } catch (StrictJson.JsonRefused e) {
            throw FieldsRefused.notJson(e);
        }
        RequestBody body = new RequestBody(node, List.of("body"), new FieldErrors(Set.of(secretFields)));
        if (!node.isObject()) {
            body.errors.add(FieldError.NOT_OBJECT, body.location, NOT_AN_OBJECT, null);
            body.check();
        }
        return body;
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
     * Required: how a thing is called. Characters that show nothing are refused.
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
            add(FieldError.NOT_BOOLEAN, field, "must be true or false", node.get());
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

    /** A required nested object; its errors join these. Absent or faulty reads as an object without fields. */
    public Optional<RequestBody> object(String field) {
        return required(field).flatMap(node -> nested(node, field));
    }

    public Optional<RequestBody> optionalObject(String field) {
        return present(field).flatMap(node -> nested(node, field));
    }

    /** A list of objects; each element's errors carry its index. Absent reads as empty. */
    public List<RequestBody> objects(String field) {
        Optional<JsonNode> list = present(field);
        if (list.isEmpty()) {
            return List.of();
        }
        if (!list.get().isArray()) {
            add(FieldError.NOT_LIST, field, "must be a list", list.get());
            return List.of();
        }
        List<RequestBody> bodies = new ArrayList<>();
        RequestBody elements = new RequestBody(object, at(field), errors);
        for (JsonNode element : list.get()) {
            RequestBody body = new RequestBody(element, FieldErrors.join(elements.location, bodies.size()), errors);
            if (!element.isObject()) {
                errors.add(FieldError.NOT_OBJECT, body.location, NOT_AN_OBJECT, element);
            }
            bodies.add(body);
        }
        return List.copyOf(bodies);
    }

    /** Refuses every other field: one that nobody reads would be taken for done. */
    public void only(Set<String> fields) {
        object.properties().stream()
                .map(Map.Entry::getKey)
                .filter(name -> !fields.contains(name))
                .forEach(name -> errors.add(
                        FieldError.UNKNOWN,
                        at(name),
                        "is not a field of this request"
                                + (fields.isEmpty() ? "" : ", which has " + new TreeSet<>(fields)),
                        null));
    }

    /** Adds a finding of the caller's own. */
    public void invalid(String field, String sentence) {
        error(FieldError.INVALID, field, sentence);
    }

    /** As {@link #invalid}, with a code of the part's own. */
    public void error(String code, String field, String message) {
        JsonNode node = object.get(field);
        errors.add(code, at(field), message, node == null || errors.hides(field) ? null : node);
    }

    /** @throws FieldsRefused with everything found so far */
    public void check() {
        errors.check();
    }

    private boolean visible(String name, String field, boolean folded) {
        OptionalInt hidden = NameCharacters.firstHidden(name, folded);
        hidden.ifPresent(point -> errors.invalid(
                at(field),
                field
                        + " holds U+%04X (%s), which cannot be seen: leave it out"
                                .formatted(point, Character.getName(point)),
                errors.hides(field) ? null : name));
        return hidden.isEmpty();
    }

    private Optional<JsonNode> present(String field) {
        JsonNode node = object.get(field);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    private Optional<JsonNode> required(String field) {
        JsonNode node = object.get(field);
        if (node == null) {
            errors.add(FieldError.REQUIRED, at(field), "is required", errors.hidesAny() ? null : object);
            return Optional.empty();
        }
        return Optional.of(node);
    }

    private Optional<String> string(JsonNode node, String field, int min, int max) {
        if (!node.isString()) {
            add(FieldError.NOT_TEXT, field, "must be text", node);
            return Optional.empty();
        }
        String text = node.stringValue();
        return errors.text(text, at(field), min, max, errors.hides(field)) ? Optional.of(text) : Optional.empty();
    }

    private List<String> strings(JsonNode node, String field) {
        if (!node.isArray()) {
            add(FieldError.NOT_LIST, field, "must be a list", node);
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        int index = 0;
        for (JsonNode element : node) {
            List<Object> place = FieldErrors.join(at(field), index++);
            if (!element.isString()) {
                errors.add(FieldError.NOT_TEXT, place, "must be text", element);
            } else if (errors.text(element.stringValue(), place, 0, Integer.MAX_VALUE, errors.hides(field))) {
                texts.add(element.stringValue());
            }
        }
        return List.copyOf(texts);
    }

    private Optional<BigDecimal> exact(JsonNode node, String field, Number min, Number max, boolean whole) {
        if (!node.isNumber()) {
            String code = whole ? FieldError.NOT_INTEGER : FieldError.NOT_NUMBER;
            add(code, field, whole ? "must be a whole number" : "must be a number", node);
            return Optional.empty();
        }
        BigDecimal value = node.decimalValue();
        return errors.range(
                        value, at(field), new BigDecimal(min.toString()), new BigDecimal(max.toString()), whole, node)
                ? Optional.of(value)
                : Optional.empty();
    }

    private Optional<RequestBody> nested(JsonNode node, String field) {
        if (!node.isObject()) {
            add(FieldError.NOT_OBJECT, field, NOT_AN_OBJECT, node);
            return Optional.empty();
        }
        return Optional.of(new RequestBody(node, at(field), errors));
    }

    private void add(String type, String field, String message, JsonNode input) {
        errors.add(type, at(field), message, errors.hides(field) ? null : input);
    }

    private List<Object> at(String field) {
        return FieldErrors.join(location, field);
    }
}
