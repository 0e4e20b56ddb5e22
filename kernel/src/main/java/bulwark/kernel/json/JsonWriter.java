package bulwark.kernel.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Appends one value as JSON: compact with sorted members (the canonical form), compact in insertion order (answers), or that on lines of their own (for people). */
final class JsonWriter {
    private final StringBuilder out = new StringBuilder(256);
    private final boolean canonical;
    private final boolean onLines;
    private int depth;

    JsonWriter(boolean canonical) {
        this(canonical, false);
    }

    private JsonWriter(boolean canonical, boolean onLines) {
        this.canonical = canonical;
        this.onLines = onLines;
    }

    /** Two blanks for each depth. */
    static JsonWriter onLines() {
        return new JsonWriter(false, true);
    }

    byte[] bytes() {
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return out.toString();
    }

    /** Not a switch over types: the first use of one costs a starting process more than all that it writes. */
    void value(@Nullable Object value) {
        if (value == null) {
            out.append("null");
        } else if (value instanceof String text) {
            string(text);
        } else if (value instanceof Map<?, ?> object) {
            object(object);
        } else if (value instanceof Collection<?> array) {
            array(array);
        } else if (value instanceof Boolean bool) {
            out.append(bool.booleanValue());
        } else if (value instanceof Number number) {
            number(number);
        } else if (value instanceof JsonNode node) {
            node(node);
        } else if (value instanceof RawJson raw && !canonical) {
            out.append(raw.text());
        } else {
            throw withoutForm(value);
        }
    }

    private void number(Number number) {
        if (number instanceof Long || number instanceof Integer || number instanceof Short) {
            out.append(number.longValue());
        } else if (number instanceof Double || number instanceof Float || number instanceof BigDecimal) {
            out.append(PythonFloat.repr(number.doubleValue()));
        } else if (number instanceof BigInteger) {
            out.append(number);
        } else {
            throw withoutForm(number);
        }
    }

    private static IllegalArgumentException withoutForm(Object value) {
        return new IllegalArgumentException(
                "no JSON form for " + value.getClass().getName());
    }

    private void object(Map<?, ?> object) {
        int before = begin('{');
        if (canonical) {
            List<String> names = new ArrayList<>(object.size());
            for (Object name : object.keySet()) {
                names.add((String) name);
            }
            names.sort(JsonWriter::byCodePoint);
            for (String name : names) {
                member(before, name, object.get(name));
            }
        } else {
            for (Map.Entry<?, ?> entry : object.entrySet()) {
                member(before, (String) entry.getKey(), entry.getValue());
            }
        }
        end(before, '}');
    }

    private void member(int before, String name, @Nullable Object value) {
        next(before);
        string(name);
        out.append(onLines ? ": " : ":");
        value(value);
    }

    /** @return where the first element or member stands */
    private int begin(char bracket) {
        depth++;
        out.append(bracket);
        return out.length();
    }

    private void next(int first) {
        if (out.length() > first) {
            out.append(',');
        }
        if (onLines) {
            newLine();
        }
    }

    private void end(int first, char bracket) {
        depth--;
        if (onLines && out.length() > first) {
            newLine();
        }
        out.append(bracket);
    }

    private void newLine() {
        out.append('\n').repeat("  ", depth);
    }

    private void array(Iterable<?> array) {
        int before = begin('[');
        for (Object element : array) {
            next(before);
            value(element);
        }
        end(before, ']');
    }

    private void node(JsonNode node) {
        switch (node.getNodeType()) {
            case OBJECT -> nodeObject(node);
            case ARRAY -> array(node);
            case STRING -> string(node.stringValue());
            case BOOLEAN -> out.append(node.booleanValue());
            case NUMBER -> out.append(StrictJson.numberText(node));
            case NULL -> out.append("null");
            default -> throw new IllegalArgumentException("no JSON form for a " + node.getNodeType() + " node");
        }
    }

    private void nodeObject(JsonNode node) {
        int before = begin('{');
        if (canonical) {
            List<String> names = new ArrayList<>(node.propertyNames());
            names.sort(JsonWriter::byCodePoint);
            for (String name : names) {
                member(before, name, node.get(name));
            }
        } else {
            for (Map.Entry<String, JsonNode> entry : node.properties()) {
                member(before, entry.getKey(), entry.getValue());
            }
        }
        end(before, '}');
    }

    private void string(String text) {
        JsonString.append(out, text, JsonString.LoneSurrogate.REFUSED);
    }

    /** Order by code point (that of UTF-8 bytes), which differs from {@link String#compareTo} beyond the basic plane. */
    private static int byCodePoint(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean sameKind = Character.isSurrogate(a) == Character.isSurrogate(b);
                return sameKind ? a - b : Character.isSurrogate(a) ? 1 : -1;
            }
        }
        return left.length() - right.length();
    }
}
