package bulwark.gateway.files;

import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.kernel.json.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is other in two sets of routes.
 *
 * @param added ids
 * @param changed by id, each field as {@code name: now -> then}
 * @param removed ids
 */
public record RouteDifference(List<String> added, Map<String, List<String>> changed, List<String> removed) {
    public static RouteDifference between(List<ApiRoute> now, List<ApiRoute> wanted) {
        Map<String, ApiRoute> left = new LinkedHashMap<>();
        now.forEach(route -> left.put(route.id(), route));
        List<String> added = new ArrayList<>();
        Map<String, List<String>> changed = new LinkedHashMap<>();
        for (ApiRoute route : wanted) {
            ApiRoute before = left.remove(route.id());
            if (before == null) {
                added.add(route.id());
            } else if (!before.equals(route)) {
                changed.put(route.id(), fields(before, route));
            }
        }
        return new RouteDifference(added, changed, List.copyOf(left.keySet()));
    }

    private static List<String> fields(ApiRoute before, ApiRoute after) {
        Map<String, Object> old = RouteJson.fields(before);
        Map<String, Object> fresh = RouteJson.fields(after);
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
