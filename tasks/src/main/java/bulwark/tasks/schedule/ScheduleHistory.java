package bulwark.tasks.schedule;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.json.StrictJson.JsonRefused;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.schedule.ScheduleStore.Fired;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What fired when, a line of JSON each, oldest first; the file is thinned out when it has grown. Its owner holds the lock. */
final class ScheduleHistory {
    private static final int KEPT = 1_000;
    private static final long LARGE = 1 << 20;

    private final Path file;
    private long thinned;

    ScheduleHistory(Path file) {
        this.file = file;
    }

    void add(String id, Fired fired) throws IOException {
        if (!Files.exists(file)) {
            OwnerOnlyFiles.write(file, line(id, fired));
            return;
        }
        // The line break before it ends a line that a kill cut short.
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        lines.write('\n');
        lines.writeBytes(line(id, fired));
        Files.write(file, lines.toByteArray(), StandardOpenOption.APPEND);
        long size = Files.size(file);
        // Twice what was left the last time: thinning costs the whole file.
        if (size > LARGE && size > 2 * thinned) {
            rewrite(read());
            thinned = Files.size(file);
        }
    }

    /** Newest first. */
    List<Fired> of(String id, int limit) throws IOException {
        List<Fired> all = new ArrayList<>(read().getOrDefault(id, new ArrayDeque<>()));
        return all.reversed().stream().limit(limit).toList();
    }

    void remove(String id) throws IOException {
        Map<String, Deque<Fired>> all = read();
        if (all.remove(id) != null) {
            rewrite(all);
        }
    }

    private Map<String, Deque<Fired>> read() throws IOException {
        Map<String, Deque<Fired>> all = new HashMap<>();
        if (!Files.exists(file)) {
            return all;
        }
        for (String line : Files.readString(file).split("\n")) {
            parsed(line).ifPresent(json -> {
                Deque<Fired> fires = all.computeIfAbsent(json.path("id").asString(""), id -> new ArrayDeque<>());
                fires.add(fired(json));
                if (fires.size() > KEPT) {
                    fires.removeFirst();
                }
            });
        }
        return all;
    }

    private void rewrite(Map<String, Deque<Fired>> all) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        all.forEach((id, fires) -> fires.forEach(fired -> content.writeBytes(line(id, fired))));
        OwnerOnlyFiles.write(file, content.toByteArray());
    }

    private static byte[] line(String id, Fired fired) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", id)
                .put("scheduledAt", DartTimestamps.of(fired.scheduledAt()))
                .put("executedAt", DartTimestamps.of(fired.executedAt()))
                .put("success", fired.success())
                .put("durationMs", fired.durationMs())
                .put("error", fired.error());
        return (StrictJson.text(json) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** A line that a kill cut short is nothing that ever was acknowledged. */
    private static Optional<JsonNode> parsed(String line) {
        try {
            return line.isBlank()
                    ? Optional.empty()
                    : Optional.of(StrictJson.parse(line.getBytes(StandardCharsets.UTF_8)))
                            .filter(JsonNode::isObject);
        } catch (JsonRefused e) {
            return Optional.empty();
        }
    }

    private static Fired fired(JsonNode json) {
        JsonNode error = json.path("error");
        return new Fired(
                time(json, "scheduledAt"),
                time(json, "executedAt"),
                json.path("success").asBoolean(false),
                json.path("durationMs").asLong(0),
                error.isString() ? error.stringValue() : null);
    }

    private static Instant time(JsonNode json, String name) {
        return DartTimestamps.parse(json.path(name).asString("")).orElse(Instant.EPOCH);
    }
}
