package bulwark.seats.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where two plans differ, field by field. */
public final class PlanDifference {
    private static final String ABSENT = "(absent)";

    private PlanDifference() {}

    /** One line for each field that is not the same; empty for two plans with one digest. */
    public static List<String> between(Plan one, Plan other) {
        Map<String, String> left = new TreeMap<>();
        Map<String, String> right = new TreeMap<>();
        flatten("", one.json(), left);
        flatten("", other.json(), right);
        List<String> lines = new ArrayList<>();
        Map<String, String> all = new TreeMap<>(left);
        all.putAll(right);
        for (String field : all.keySet()) {
            String before = left.getOrDefault(field, ABSENT);
            String after = right.getOrDefault(field, ABSENT);
            if (!before.equals(after)) {
                lines.add(field + ": " + before + " -> " + after);
            }
        }
        return lines;
    }

    private static void flatten(String prefix, Map<?, ?> object, Map<String, String> into) {
        object.forEach((name, value) -> {
            if (value instanceof Map<?, ?> nested) {
                flatten(prefix + name + ".", nested, into);
            } else {
                into.put(prefix + name, String.valueOf(value));
            }
        });
    }
}
