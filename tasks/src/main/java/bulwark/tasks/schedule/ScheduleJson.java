package bulwark.tasks.schedule;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.json.StrictJson.JsonRefused;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.schedule.ScheduleEntry.Run;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A schedule as a JSON object, as {@code schedule show} prints it and files keep it, and its specification as a text. Source of the form: Stem 0.2;
 * {@code missed} is ours, stands last, and only when there are any. Whether a cron expression can be computed is not looked at: computing the next run reports that.
 * Thread-safe.
 */
public final class ScheduleJson {
    private ScheduleJson() {}

    public static ObjectNode json(ScheduleEntry entry) {
        Run run = entry.run();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", entry.id()).put("taskName", entry.taskName()).put("queue", entry.queue());
        json.set("spec", ScheduleSpecCodec.write(entry.spec()));
        json.set("args", entry.args());
        if (!entry.kwargs().isEmpty()) {
            json.set("kwargs", entry.kwargs());
        }
        json.put("enabled", entry.enabled());
        putMillis(json, "jitterMs", positive(entry.jitter()));
        putTime(json, "lastRunAt", run.lastRunAt());
        putTime(json, "nextRunAt", run.nextRunAt());
        putMillis(json, "lastJitterMs", positive(run.lastJitter()));
        json.put("lastError", run.lastError()).put("timezone", entry.timezone());
        json.put("totalRunCount", run.totalRunCount());
        putTime(json, "lastSuccessAt", run.lastSuccessAt());
        putTime(json, "lastErrorAt", run.lastErrorAt());
        putMillis(json, "driftMs", run.drift());
        putTime(json, "expireAt", entry.expireAt());
        json.put("version", entry.version());
        json.set("meta", entry.meta());
        if (run.missed() > 0) {
            json.put("missed", run.missed());
        }
        return json;
    }

    /** Also takes the other names that a definition may use. @throws ScheduleRefused with every fault */
    public static ScheduleEntry ofJson(JsonNode json) {
        List<String> faults = new ArrayList<>();
        ScheduleEntry entry = read(json, "schedule", faults);
        if (!faults.isEmpty()) {
            throw new ScheduleRefused(faults);
        }
        return entry;
    }

    /** The specification as one line of JSON. */
    public static String specText(ScheduleSpec spec) {
        return StrictJson.text(ScheduleSpecCodec.write(spec));
    }

    /** Of JSON, or of a text such as {@code every:5m} or a cron expression. @throws ScheduleRefused with every fault */
    public static ScheduleSpec ofSpec(String text) {
        List<String> faults = new ArrayList<>();
        ScheduleSpec spec = ScheduleSpecCodec.read("spec", parsed(text.strip()), faults);
        if (!faults.isEmpty()) {
            throw new ScheduleRefused(faults);
        }
        return spec;
    }

    /** What it returns is good only when no fault was added. */
    static ScheduleEntry read(JsonNode json, String place, List<String> faults) {
        ObjectNode object = json instanceof ObjectNode node ? node : JsonNodeFactory.instance.objectNode();
        if (!json.isObject()) {
            faults.add(place + " must be an object");
        }
        String id = new JsonMembers(place, object, faults).required("id", "name");
        JsonMembers fields = new JsonMembers(id.isEmpty() ? place : "schedule \"" + id + "\"", object, faults);
        return new ScheduleEntry(
                id,
                fields.required("taskName", "task"),
                Objects.requireNonNullElse(fields.text("queue"), "default"),
                spec(fields, id.isEmpty() ? place : "schedule \"" + id + "\"", faults),
                fields.object("args"),
                fields.object("kwargs"),
                fields.object("meta"),
                fields.flag("enabled", true),
                notNegative(fields, "jitterMs", "jitter"),
                zone(fields),
                fields.time("expireAt", "expire_at"),
                run(fields),
                fields.count("version"));
    }

    private static ScheduleSpec spec(JsonMembers fields, String place, List<String> faults) {
        JsonNode spec = fields.any("spec", "schedule");
        if (spec == null) {
            fields.fault("spec", "is missing");
            spec = JsonNodeFactory.instance.stringNode("* * * * *");
        }
        return ScheduleSpecCodec.read(place, spec, faults);
    }

    private static Run run(JsonMembers fields) {
        return new Run(
                fields.time("lastRunAt"),
                fields.time("nextRunAt"),
                notNegative(fields, "lastJitterMs"),
                fields.text("lastError"),
                fields.count("totalRunCount"),
                fields.time("lastSuccessAt"),
                fields.time("lastErrorAt"),
                fields.duration("driftMs"),
                fields.count("missed"));
    }

    private static Duration notNegative(JsonMembers fields, String... names) {
        Duration duration = Objects.requireNonNullElse(fields.duration(names), Duration.ZERO);
        if (duration.isNegative()) {
            fields.fault(names[0], "must not be negative");
        }
        return duration;
    }

    private static @Nullable String zone(JsonMembers fields) {
        String zone = fields.text("timezone");
        try {
            return zone == null ? null : ZoneId.of(zone).getId();
        } catch (DateTimeException e) {
            fields.fault("timezone", "must be a name of the IANA time zone database such as Europe/Berlin");
            return null;
        }
    }

    private static JsonNode parsed(String text) {
        if (!text.startsWith("{") && !text.startsWith("\"")) {
            return JsonNodeFactory.instance.stringNode(text);
        }
        try {
            return StrictJson.parse(text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonRefused e) {
            throw new ScheduleRefused(List.of("spec: " + e.getMessage()));
        }
    }

    private static @Nullable Duration positive(Duration duration) {
        return duration.isZero() ? null : duration;
    }

    private static void putMillis(ObjectNode json, String name, @Nullable Duration duration) {
        if (duration == null) {
            json.putNull(name);
        } else {
            json.put(name, duration.toMillis());
        }
    }

    private static void putTime(ObjectNode json, String name, @Nullable Instant time) {
        json.put(name, time == null ? null : DartTimestamps.of(time));
    }
}
