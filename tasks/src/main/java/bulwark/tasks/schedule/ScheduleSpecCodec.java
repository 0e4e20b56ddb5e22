package bulwark.tasks.schedule;

import bulwark.kernel.time.Durations;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.schedule.ScheduleSpec.Calendar;
import bulwark.tasks.schedule.ScheduleSpec.Clocked;
import bulwark.tasks.schedule.ScheduleSpec.Cron;
import bulwark.tasks.schedule.ScheduleSpec.Interval;
import bulwark.tasks.schedule.ScheduleSpec.Solar;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A specification as a JSON object with its {@code kind}, and as a text: {@code every:5m} or a cron expression. Source of both: Stem 0.2. */
final class ScheduleSpecCodec {
    /** What stands for a specification that could not be read; the faults say why, and nobody uses it. */
    private static final ScheduleSpec NONE = new Cron("", null);

    private ScheduleSpecCodec() {}

    static ObjectNode write(ScheduleSpec spec) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        switch (spec) {
            case Interval interval -> {
                json.put("kind", "interval").put("everyMs", interval.every().toMillis());
                putTime(json, "startAt", interval.startAt());
                putTime(json, "endAt", interval.endAt());
            }
            case Cron cron -> writeCron(json, cron);
            case Solar solar -> {
                json.put("kind", "solar").put("event", solar.event().name().toLowerCase(Locale.ROOT));
                json.put("latitude", solar.latitude()).put("longitude", solar.longitude());
                if (!solar.offset().isZero()) {
                    json.put("offsetMs", solar.offset().toMillis());
                }
            }
            case Clocked clocked ->
                json.put("kind", "clocked")
                        .put("runAt", DartTimestamps.of(clocked.runAt()))
                        .put("runOnce", true);
            case Calendar calendar -> {
                json.put("kind", "calendar");
                putList(json, "months", calendar.months());
                putList(json, "weekdays", calendar.weekdays());
                putList(json, "monthdays", calendar.monthdays());
                putList(json, "hours", calendar.hours());
                putList(json, "minutes", calendar.minutes());
            }
        }
        return json;
    }

    /** The seconds stand apart, so that a reader that knows five fields only still reads the other five. */
    private static void writeCron(ObjectNode json, Cron cron) {
        String[] fields = cron.expression().strip().split("\\s+");
        boolean seconds = fields.length == 6;
        json.put("kind", "cron")
                .put("expression", seconds ? String.join(" ", List.of(fields).subList(1, 6)) : cron.expression());
        if (cron.description() != null) {
            json.put("description", cron.description());
        }
        if (seconds) {
            json.put("secondField", fields[0]);
        }
    }

    /** @param json an object, or the text form as a string */
    static ScheduleSpec read(String place, JsonNode json, List<String> faults) {
        if (json.isString()) {
            return readText(place, json.stringValue(), faults);
        }
        if (!(json instanceof ObjectNode object)) {
            faults.add(place + ": spec must be an object or a text");
            return NONE;
        }
        JsonMembers fields = new JsonMembers(place, object, faults);
        String kind = fields.required("kind");
        return switch (kind) {
            case "interval" -> interval(fields);
            case "cron" -> cron(fields);
            case "solar" -> solar(fields);
            // An entry that ran for ever once its time had come would be no clocked one: runOnce is read as true.
            case "clocked" -> new Clocked(orEpoch(fields.time("runAt", "run_at"), fields));
            case "calendar" -> calendar(fields);
            case "" -> NONE;
            default -> {
                fields.fault("kind", "must be interval, cron, solar, clocked or calendar");
                yield NONE;
            }
        };
    }

    private static ScheduleSpec readText(String place, String text, List<String> faults) {
        if (text.isBlank()) {
            faults.add(place + ": spec is empty");
            return NONE;
        }
        if (!text.startsWith("every:")) {
            return new Cron(text.strip(), null);
        }
        Duration every = Durations.find(text.substring("every:".length())).orElse(Duration.ZERO);
        if (every.isZero() || every.compareTo(JsonMembers.MAX_DURATION) > 0) {
            faults.add(place + ": spec must be every: and a duration above 0 such as every:5m, within "
                    + JsonMembers.MAX_DURATION.toDays() + " days");
        }
        return new Interval(every, null, null);
    }

    private static ScheduleSpec interval(JsonMembers fields) {
        Duration every = fields.duration("everyMs", "every_ms", "every");
        if (every == null || every.isZero() || every.isNegative()) {
            fields.fault("everyMs", "must be a duration above 0");
            return NONE;
        }
        return new Interval(every, fields.time("startAt", "start_at"), fields.time("endAt", "end_at"));
    }

    private static ScheduleSpec cron(JsonMembers fields) {
        String expression = fields.required("expression").strip();
        String seconds = fields.text("secondField", "second_field");
        return new Cron(seconds == null ? expression : seconds.strip() + " " + expression, fields.text("description"));
    }

    private static ScheduleSpec solar(JsonMembers fields) {
        Solar.Event event = switch (fields.required("event").toLowerCase(Locale.ROOT)) {
            case "sunrise" -> Solar.Event.SUNRISE;
            case "sunset" -> Solar.Event.SUNSET;
            case "noon" -> Solar.Event.NOON;
            default -> {
                fields.fault("event", "must be sunrise, sunset or noon");
                yield Solar.Event.NOON;
            }
        };
        Duration offset = Objects.requireNonNullElse(fields.duration("offsetMs", "offset"), Duration.ZERO);
        if (offset.abs().compareTo(Duration.ofDays(1)) > 0) {
            fields.fault("offsetMs", "must be within a day");
        }
        return new Solar(event, fields.within("latitude", -90, 90), fields.within("longitude", -180, 180), offset);
    }

    private static ScheduleSpec calendar(JsonMembers fields) {
        List<Integer> weekdays = fields.numbers("weekdays", 0, 7).stream()
                .map(day -> day % 7)
                .distinct()
                .sorted()
                .toList();
        return new Calendar(
                fields.numbers("months", 1, 12),
                weekdays,
                fields.numbers("monthdays", 1, 31),
                fields.numbers("hours", 0, 23),
                fields.numbers("minutes", 0, 59));
    }

    private static Instant orEpoch(@Nullable Instant time, JsonMembers fields) {
        if (time == null) {
            fields.fault("runAt", "is missing");
            return Instant.EPOCH;
        }
        return time;
    }

    private static void putTime(ObjectNode json, String name, @Nullable Instant time) {
        if (time != null) {
            json.put(name, DartTimestamps.of(time));
        }
    }

    private static void putList(ObjectNode json, String name, List<Integer> numbers) {
        if (!numbers.isEmpty()) {
            ArrayNode list = json.putArray(name);
            numbers.forEach(list::add);
        }
    }
}
