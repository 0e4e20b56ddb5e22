package bulwark.tasks.envelope;

import bulwark.kernel.json.JsonString;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Compact JSON as Dart prints it, which is what signatures cover: integers as they are, doubles with the shortest digits that read back, laid out as in ECMAScript with
 * {@code .0} added to whole ones below 1e21; control characters escaped, everything else raw. Not thread-safe.
 */
final class DartJson {
    private final StringBuilder out;
    private final boolean sorted;

    /** @param sorted members of every object by UTF-16 code unit, else in their own order; @param length about how long the text becomes */
    DartJson(boolean sorted, int length) {
        this.out = new StringBuilder(length);
        this.sorted = sorted;
    }

    DartJson raw(String text) {
        out.append(text);
        return this;
    }

    DartJson raw(long number) {
        out.append(number);
        return this;
    }

    int length() {
        return out.length();
    }

    /** A member of the open object, as it was written. */
    record Member(String name, int start, int end) {}

    /**
     * Puts the members of the open object, all of which were just written, into the order of their names.
     *
     * @return false when a name stands there twice
     */
    boolean sort(List<Member> members) {
        boolean inOrder = true;
        for (int i = 1; i < members.size(); i++) {
            inOrder &= members.get(i - 1).name().compareTo(members.get(i).name()) < 0;
        }
        if (inOrder) {
            return true;
        }
        int start = members.getFirst().start();
        String written = out.substring(start);
        out.setLength(start);
        List<Member> sorted = new ArrayList<>(members);
        sorted.sort(Comparator.comparing(Member::name));
        String last = null;
        for (Member member : sorted) {
            if (member.name().equals(last)) {
                return false;
            }
            out.append(last == null ? "" : ",").append(written, member.start() - start, member.end() - start);
            last = member.name();
        }
        return true;
    }

    DartJson node(JsonNode node) {
        switch (node.getNodeType()) {
            case OBJECT -> object(node);
            case ARRAY -> array(node);
            case STRING -> string(node.stringValue());
            case NUMBER -> number(node);
            case BOOLEAN -> out.append(node.booleanValue());
            default -> out.append("null");
        }
        return this;
    }

    private void number(JsonNode node) {
        if (node.isIntegralNumber()) {
            integer(node);
        } else {
            out.append(number(node.doubleValue()));
        }
    }

    private void integer(JsonNode node) {
        if (!node.canConvertToLong()) {
            throw new EnvelopeRefused("a whole number is beyond 64 bits");
        }
        out.append(node.longValue());
    }

    private void object(JsonNode object) {
        out.append('{');
        boolean first = true;
        if (sorted && object.size() > 1) {
            String[] names = object.propertyNames().toArray(String[]::new);
            Arrays.sort(names);
            for (String name : names) {
                first = member(first, name, object.get(name));
            }
        } else {
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                first = member(first, member.getKey(), member.getValue());
            }
        }
        out.append('}');
    }

    private boolean member(boolean first, String name, JsonNode value) {
        if (!first) {
            out.append(',');
        }
        string(name);
        out.append(':');
        node(value);
        return false;
    }

    private void array(JsonNode array) {
        out.append('[');
        for (int i = 0; i < array.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            node(array.get(i));
        }
        out.append(']');
    }

    /** Members whose values are strings, but for those left out; sorted. */
    DartJson strings(Map<String, String> object, Set<String> leftOut) {
        String[] names = object.keySet().toArray(String[]::new);
        Arrays.sort(names);
        out.append('{');
        boolean first = true;
        for (String name : names) {
            if (!leftOut.contains(name)) {
                if (!first) {
                    out.append(',');
                }
                first = false;
                string(name);
                out.append(':');
                string(String.valueOf(object.get(name)));
            }
        }
        out.append('}');
        return this;
    }

    DartJson string(String text) {
        JsonString.append(out, text, JsonString.LoneSurrogate.ESCAPED);
        return this;
    }

    /** @throws EnvelopeRefused for what JSON has no number for */
    static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new EnvelopeRefused("a number is not finite");
        }
        String sign = value < 0 || (value == 0 && 1 / value < 0) ? "-" : "";
        double absolute = Math.abs(value);
        if (absolute == 0) {
            return sign + "0.0";
        }
        // The one double whose shortest digits the JDK does not print.
        if (absolute == Double.MIN_VALUE) {
            return sign + "5e-324";
        }
        BigDecimal shortest = new BigDecimal(Double.toString(absolute)).stripTrailingZeros();
        return sign + layOut(shortest.unscaledValue(), shortest.precision() - shortest.scale());
    }

    /** @param point place of the decimal point behind the first digit's left edge */
    private static String layOut(BigInteger unscaled, int point) {
        String digits = unscaled.toString();
        int count = digits.length();
        if (point > 21 || point <= -6) {
            int exponent = point - 1;
            String fraction = count == 1 ? "" : "." + digits.substring(1);
            return digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
        }
        if (point <= 0) {
            return "0." + "0".repeat(-point) + digits;
        }
        return count <= point
                ? digits + "0".repeat(point - count) + ".0"
                : digits.substring(0, point) + "." + digits.substring(point);
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
