package bulwark.tasks.routing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One node of a parsed file: asking for the wrong thing notes a fault with the path and goes on with something harmless. */
final class RoutingNode {
    private static final Pattern UPPER = Pattern.compile("([a-z])([A-Z])");

    private final @Nullable Object value;
    private final String path;
    private final List<String> problems;

    RoutingNode(@Nullable Object value, String place, List<String> problems) {
        this.value = value;
        this.path = place;
        this.problems = problems;
    }

    void fault(String sentence) {
        problems.add((path.isEmpty() ? "the file" : path) + " " + sentence);
    }

    boolean isAbsent() {
        return value == null;
    }

    boolean isText() {
        return value instanceof String;
    }

    boolean isList() {
        return value instanceof List<?>;
    }

    /** The member under its camel-case name or the same in snake case. */
    RoutingNode at(String camel) {
        String snake = snake(camel);
        Object found = null;
        if (value instanceof Map<?, ?> map) {
            found = map.containsKey(snake) ? map.get(snake) : map.get(camel);
        }
        return new RoutingNode(found, path.isEmpty() ? snake : path + "." + snake, problems);
    }

    /** Notes a fault for every member that is none of these. */
    RoutingNode only(String... camel) {
        List<String> known = new ArrayList<>(List.of(camel));
        for (String name : camel) {
            known.add(snake(name));
        }
        if (value instanceof Map<?, ?> map) {
            map.keySet().stream()
                    .map(String::valueOf)
                    .filter(name -> !known.contains(name))
                    .forEach(name -> fault("has the member \"" + name + "\", which is not known there"));
        } else if (value != null) {
            fault("must be a mapping");
        }
        return this;
    }

    Map<String, RoutingNode> entries() {
        Map<String, RoutingNode> entries = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, member) ->
                    entries.put(String.valueOf(key), new RoutingNode(member, path + "." + key, problems)));
        } else if (value != null) {
            fault("must be a mapping");
        }
        return entries;
    }

    List<RoutingNode> items() {
        List<RoutingNode> items = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                items.add(new RoutingNode(list.get(i), path + "[" + i + "]", problems));
            }
        } else if (value != null) {
            fault("must be a list");
        }
        return items;
    }

    /** Text; a number or flag as it would be written. */
    String text() {
        if (value instanceof String text && !text.isBlank()) {
            return text.strip();
        }
        if (value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        fault("must be text");
        return "";
    }

    String required() {
        if (value == null) {
            fault("is missing");
            return "";
        }
        return text();
    }

    int number(int least, int greatest) {
        if (value instanceof Integer number && number >= least && number <= greatest) {
            return number;
        }
        fault("must be a whole number from " + least + " to " + greatest);
        return least;
    }

    private static String snake(String camel) {
        return UPPER.matcher(camel).replaceAll("$1_$2").toLowerCase(Locale.ROOT);
    }
}
