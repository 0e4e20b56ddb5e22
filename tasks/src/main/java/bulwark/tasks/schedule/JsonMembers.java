package bulwark.tasks.schedule;

import bulwark.kernel.time.Durations;
import bulwark.tasks.envelope.DartTimestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads members of one object under any of their names; what is wrong is added to the faults, and the member counts as absent. */
final class JsonMembers {
    static final Duration MAX_DURATION = Duration.ofDays(3660);

    private final String path;
    private final ObjectNode object;
    private final List<String> faults;

    /** @param path how sentences name the object, such as {@code schedule "nightly"} */
    JsonMembers(String place, ObjectNode object, List<String> faults) {
        this.path = place;
        this.object = object;
        this.faults = faults;
    }

    /** Null when absent or null. */
    @Nullable
    JsonNode any(String... names) {
        for (String name : names) {
            JsonNode value = object.get(name);
            if (value != null && !value.isNull()) {
                return value;
            }
        }
        return null;
    }

    /** Null when absent or blank. */
    @Nullable
    String text(String... names) {
        JsonNode value = any(names);
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            fault(names[0], "must be a text");
            return null;
        }
        return value.stringValue().isBlank() ? null : value.stringValue();
    }

    String required(String... names) {
        String text = text(names);
        if (text == null) {
            fault(names[0], "is missing");
            return "";
        }
        return text;
    }

    boolean flag(String name, boolean fallback) {
        JsonNode value = any(name);
        if (value == null) {
            return fallback;
        }
        if (!value.isBoolean()) {
            fault(name, "must be true or false");
        }
        return value.asBoolean(fallback);
    }

    @Nullable
    Instant time(String... names) {
        String text = text(names);
        if (text == null) {
            return null;
        }
        Optional<Instant> time = DartTimestamps.parse(text);
        if (time.isEmpty()) {
            fault(names[0], "must be an ISO 8601 time such as 2026-01-02T03:04:05Z");
        }
        return time.orElse(null);
    }

    /** A number is milliseconds, a text a {@link Durations}. Null when absent. */
    @Nullable
    Duration duration(String... names) {
        JsonNode value = any(names);
        if (value == null || value.isString() && value.stringValue().isBlank()) {
            return null;
        }
        Optional<Duration> duration = value.isString()
                ? Durations.find(value.stringValue())
                : whole(value).stream().mapToObj(Duration::ofMillis).findFirst();
        if (duration.isEmpty()) {
            fault(names[0], "must be a number of milliseconds or a text such as 5m");
        } else if (duration.get().abs().compareTo(MAX_DURATION) > 0) {
            fault(names[0], "must be within " + MAX_DURATION.toDays() + " days");
        }
        return duration.filter(d -> d.abs().compareTo(MAX_DURATION) <= 0).orElse(null);
    }

    long count(String name) {
        JsonNode value = any(name);
        if (value == null) {
            return 0;
        }
        OptionalLong number = whole(value);
        if (number.isEmpty() || number.getAsLong() < 0) {
            fault(name, "must be a whole number, 0 or more");
        }
        return Math.max(0, number.orElse(0));
    }

    double within(String name, double lowest, double highest) {
        JsonNode value = any(name);
        if (value == null || !value.isNumber() || !(Math.abs(value.doubleValue()) <= highest)) {
            fault(name, "must be a number from " + lowest + " to " + highest);
            return 0;
        }
        return value.doubleValue();
    }

    /** Empty when absent. */
    List<Integer> numbers(String name, int lowest, int highest) {
        JsonNode value = any(name);
        List<Integer> numbers = new ArrayList<>();
        if (value == null) {
            return numbers;
        }
        if (!value.isArray()) {
            fault(name, "must be a list of numbers");
            return numbers;
        }
        for (JsonNode element : value) {
            OptionalLong number = whole(element);
            if (number.isEmpty() || number.getAsLong() < lowest || number.getAsLong() > highest) {
                fault(name, "holds something other than numbers from " + lowest + " to " + highest);
                return List.of();
            }
            numbers.add((int) number.getAsLong());
        }
        return numbers.stream().distinct().sorted().toList();
    }

    /** Empty when absent. */
    ObjectNode object(String name) {
        JsonNode value = any(name);
        if (value instanceof ObjectNode node) {
            return node;
        }
        if (value != null) {
            fault(name, "must be an object");
        }
        return JsonNodeFactory.instance.objectNode();
    }

    void fault(String name, String sentence) {
        faults.add(path + ": " + name + " " + sentence);
    }

    private static OptionalLong whole(JsonNode value) {
        if (!value.isNumber()) {
            return OptionalLong.empty();
        }
        double number = value.doubleValue();
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? OptionalLong.of((long) number)
                : OptionalLong.empty();
    }
}
