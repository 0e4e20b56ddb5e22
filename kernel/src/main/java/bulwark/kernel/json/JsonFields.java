package bulwark.kernel.json;

import bulwark.kernel.error.PrintableText;
import bulwark.kernel.time.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * An object of a format that knows all its fields: each is asked for by name, a field that nobody asked for is a fault ({@link #end}), and an explicit {@code null} counts as
 * absent. What is wrong is collected as sentences that begin with the field; a faulty field reads as its fallback until then. No sentence repeats a value
 * that is text. For one thread.
 */
public final class JsonFields {
    /** More would make the answer larger than what was sent. */
    private static final int MAX_FAULTS = 100;

    private final JsonNode object;
    private final String prefix;
    private final List<String> faults;
    private final Set<String> known = new LinkedHashSet<>();

    private JsonFields(JsonNode object, String prefix, List<String> faults) {
        this.object = object;
        this.prefix = prefix;
        this.faults = faults;
    }

    /**
     * @param where what stands before the names of the fields, such as {@code routes[3].}; empty at the top
     * @param faults is added to
     */
    public static JsonFields of(JsonNode node, String where, List<String> faults) {
        JsonFields fields = new JsonFields(node, where, faults);
        if (!node.isObject()) {
            fields.add(
                    (where.isEmpty() ? "the document" : where.substring(0, where.length() - 1)) + " must be an object");
        }
        return fields;
    }

    /** Present and not null. */
    public boolean has(String field) {
        return find(field).isPresent();
    }

    /** Required, not empty, one line of characters that can be seen; lengths in characters. */
    public String text(String field, int max) {
        Optional<JsonNode> node = find(field);
        if (node.isEmpty()) {
            fault(field, "must not be empty");
            return "";
        }
        String text = line(node.get(), field, max, true);
        return text == null ? "" : text;
    }

    /** As {@link #text}, or the fallback when it is absent. An empty text is taken as it is. */
    public String text(String field, int max, String fallback) {
        String text = find(field).map(node -> line(node, field, max, false)).orElse(null);
        return text == null ? fallback : text;
    }

    public @Nullable String optionalText(String field, int max) {
        return find(field).map(node -> line(node, field, max, true)).orElse(null);
    }

    /** A text of several lines; lengths in characters. No control character but the line feed, with or without a carriage return before it. Empty when absent. */
    public String lines(String field, int max) {
        Optional<JsonNode> node = find(field);
        if (node.isEmpty()) {
            return "";
        }
        if (!node.get().isString()) {
            fault(field, "must be text");
            return "";
        }
        String text = node.get().stringValue().replace("\r\n", "\n");
        if (text.isEmpty()) {
            fault(field, "must not be empty");
        } else if (text.length() > max) {
            fault(field, "must have at most " + max + " characters");
        } else if (!text.lines().allMatch(line -> PrintableText.line(line).equals(line)) || text.indexOf('\r') >= 0) {
            fault(field, "holds a control character or one that turns the text around; leave it out");
        } else {
            return text;
        }
        return "";
    }

    /** As {@link #text}; a text that is present, well formed and not accepted is a fault. */
    public String text(String field, int max, Predicate<String> accepted, String must) {
        String text = text(field, max);
        if (!text.isEmpty() && !accepted.test(text)) {
            fault(field, must);
        }
        return text;
    }

    /** An object that its own reader judges; a fault when it is none. Its texts are not looked at. */
    public Optional<JsonNode> rawObject(String field) {
        Optional<JsonNode> node = find(field);
        if (node.isPresent() && !node.get().isObject()) {
            fault(field, "must be an object");
            return Optional.empty();
        }
        return node;
    }

    public boolean flag(String field, boolean fallback) {
        Optional<JsonNode> node = find(field);
        if (node.isPresent() && !node.get().isBoolean()) {
            fault(field, "must be true or false");
            return fallback;
        }
        return node.map(JsonNode::booleanValue).orElse(fallback);
    }

    /** Bounds inclusive. */
    public long wholeNumber(String field, long min, long max, long fallback) {
        Optional<JsonNode> node = find(field);
        if (node.isEmpty()) {
            return fallback;
        }
        if (!node.get().isIntegralNumber()
                || !node.get().canConvertToLong()
                || node.get().longValue() < min
                || node.get().longValue() > max) {
            fault(field, "must be a whole number from " + min + " to " + max);
            return fallback;
        }
        return node.get().longValue();
    }

    /** Text in the form of {@link Durations}; bounds inclusive. */
    public Duration duration(String field, Duration min, Duration max, Duration fallback) {
        Optional<JsonNode> node = find(field);
        if (node.isEmpty()) {
            return fallback;
        }
        Optional<Duration> duration = node.filter(JsonNode::isString)
                .flatMap(text -> Durations.find(text.stringValue()))
                .filter(given -> given.compareTo(min) >= 0 && given.compareTo(max) <= 0);
        if (duration.isEmpty()) {
            fault(field, "must be a duration such as 250ms, 5s or 2m, from " + words(min) + " to " + words(max));
        }
        return duration.orElse(fallback);
    }

    /** One of the words of an enumeration, in lower case as they are written. */
    public <E extends Enum<E>> E choice(String field, Class<E> type, E fallback) {
        Optional<JsonNode> node = find(field);
        for (E constant : type.getEnumConstants()) {
            if (node.isPresent()
                    && node.get().isString()
                    && node.get().stringValue().equals(word(constant))) {
                return constant;
            }
        }
        if (node.isPresent()) {
            List<String> words = new ArrayList<>();
            for (E constant : type.getEnumConstants()) {
                words.add(word(constant));
            }
            fault(field, "must be one of " + String.join(", ", words));
        }
        return fallback;
    }

    /** How {@link #choice} reads a constant. */
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** A list of texts, each as {@link #text}, none twice; empty when absent. */
    public List<String> texts(String field, int maxItems, int max) {
        List<String> texts = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        int index = 0;
        for (JsonNode item : items(field, maxItems)) {
            String place = field + "[" + index++ + "]";
            String text = line(item, place, max, true);
            if (text != null && !seen.add(text)) {
                fault(place, "stands there twice; keep one");
            } else if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** A list of objects; empty when absent. */
    public <T> List<T> objects(String field, int maxItems, Function<JsonFields, T> reader) {
        List<T> objects = new ArrayList<>();
        int index = 0;
        for (JsonNode item : items(field, maxItems)) {
            objects.add(reader.apply(of(item, prefix + field + "[" + index++ + "].", faults)));
        }
        return objects;
    }

    /** A list of anything; empty when absent. */
    public Iterable<JsonNode> elements(String field, int maxItems) {
        return items(field, maxItems);
    }

    /** Anything; empty when it is absent or null. */
    public Optional<JsonNode> element(String field) {
        return find(field);
    }

    /** A nested object; one without fields when absent. */
    public Optional<JsonFields> object(String field) {
        return find(field).map(node -> of(node, prefix + field + ".", faults));
    }

    /** The nested object as if it stood there without fields, for one whose fields have their own fallbacks. */
    public JsonFields nested(String field) {
        return new JsonFields(JsonNodeFactory.instance.objectNode(), prefix + field + ".", faults);
    }

    /** Adds a fault of the caller's own. @param must to stand after the field */
    public void fault(String field, String must) {
        add(prefix + field + " " + must);
    }

    /** Whether anything was wrong so far, here or in another object that shares the list. */
    public boolean faulty() {
        return !faults.isEmpty();
    }

    /** Adds a fault for each field that was not asked for. */
    public void end() {
        if (!object.isObject()) {
            return;
        }
        for (String name : object.propertyNames()) {
            if (!known.contains(name)) {
                add(prefix + PrintableText.of(name, 60) + " is not a known field; remove it. Known: "
                        + String.join(", ", known));
            }
        }
    }

    private Optional<JsonNode> find(String field) {
        known.add(field);
        JsonNode node = object.get(field);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    private Iterable<JsonNode> items(String field, int maxItems) {
        Optional<JsonNode> list = find(field);
        if (list.isEmpty()) {
            return List.of();
        }
        if (!list.get().isArray()) {
            fault(field, "must be a list");
            return List.of();
        }
        if (list.get().size() > maxItems) {
            fault(field, "must have at most " + maxItems + " elements");
            return List.of();
        }
        return list.get();
    }

    private @Nullable String line(JsonNode node, String field, int max, boolean required) {
        if (!node.isString()) {
            fault(field, "must be text");
            return null;
        }
        String text = node.stringValue();
        if (required && text.isEmpty()) {
            fault(field, "must not be empty");
        } else if (text.length() > max) {
            fault(field, "must have at most " + max + " characters");
        } else if (!PrintableText.line(text).equals(text)) {
            fault(field, "holds a control character or one that turns the text around; leave it out");
        } else {
            return text;
        }
        return null;
    }

    private void add(String sentence) {
        if (faults.size() < MAX_FAULTS) {
            faults.add(sentence);
        }
    }

    private static String words(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
