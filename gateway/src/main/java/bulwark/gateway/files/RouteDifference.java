package bulwark.gateway.files;

import bulwark.kernel.json.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is other in two sets of routes and policies.
 *
 * @param added ids; those of policies behind the word policy
 * @param changed by id, each field as {@code name: now -> then}
 * @param removed ids
 */
public record RouteDifference(List<String> added, Map<String, List<String>> changed, List<String> removed) {
    public static RouteDifference between(GatewayDocument now, GatewayDocument wanted) {
        Map<String, Map<String, Object>> left = now.byName();
        List<String> added = new ArrayList<>();
        Map<String, List<String>> changed = new LinkedHashMap<>();
        wanted.byName().forEach((name, after) -> {
            Map<String, Object> before = left.remove(name);
            if (before == null) {
                added.add(name);
            } else if (!before.equals(after)) {
                changed.put(name, fields(before, after));
            }
        });
        return new RouteDifference(added, changed, List.copyOf(left.keySet()));
    }

    private static List<String> fields(Map<String, Object> old, Map<String, Object> fresh) {
        Set<String> names = new LinkedHashSet<>(old.keySet());
        names.addAll(fresh.keySet());
        List<String> lines = new ArrayList<>();
        for (String name : names) {
            String was = text(old.get(name));
            String is = text(fresh.get(name));
            if (!was.equals(is)) {
                lines.add(name + ": " + was + " -> " + is);
            }
        }
        return lines;
    }

    private static String text(@org.jspecify.annotations.Nullable Object value) {
        return value == null ? "(none)" : StrictJson.text(value);
    }

    public boolean isEmpty() {
        return added.isEmpty() && changed.isEmpty() && removed.isEmpty();
    }

    /** For people: {@code +}, {@code ~} and {@code -} before each id, fields below it. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        added.forEach(id -> lines.add("+ " + id));
        changed.forEach((id, fields) -> {
            lines.add("~ " + id);
            fields.forEach(field -> lines.add("    " + field));
        });
        removed.forEach(id -> lines.add("- " + id));
        return lines;
    }
}
