package bulwark.tasks.schedule;

import bulwark.tasks.schedule.ScheduleSpec.Calendar;
import bulwark.tasks.schedule.ScheduleSpec.Cron;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file of schedules, JSON or YAML: a list, or an object with the list as {@code schedules}. Members are those of {@link ScheduleJson} and their other
 * names; unknown ones are refused. Source of the form: Stem 0.2.
 */
public final class ScheduleFileParser {
    /** Longest file, in bytes. */
    public static final int MAX_BYTES = 4 << 20;

    private static final int MAX_ENTRIES = 10_000;
    private static final Pattern ID = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._:/@+-]{0,199}");
    private static final Set<String> MEMBERS = Set.of(
            ("id name task taskName queue schedule spec args kwargs meta enabled jitter jitterMs timezone expireAt expire_at"
                            + " lastRunAt nextRunAt lastJitterMs lastError totalRunCount lastSuccessAt lastErrorAt driftMs"
                            + " createdAt updatedAt version missed")
                    .split(" "));

    private final Instant now;
    private final List<String> faults = new ArrayList<>();

    private ScheduleFileParser(Instant now) {
        this.now = now;
    }

    /** @throws ScheduleRefused with every fault of every schedule */
    public static List<ScheduleEntry> parse(String text, Instant now) {
        if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new ScheduleRefused(List.of("larger than " + (MAX_BYTES >> 20) + " MiB"));
        }
        ScheduleFileParser definitions = new ScheduleFileParser(now);
        List<ScheduleEntry> entries = definitions.entries(YamlReader.parse(text));
        if (!definitions.faults.isEmpty()) {
            throw new ScheduleRefused(definitions.faults);
        }
        return entries;
    }

    private List<ScheduleEntry> entries(JsonNode root) {
        JsonNode list = root.isObject() && root.has("schedules") ? root.get("schedules") : root;
        List<ScheduleEntry> entries = new ArrayList<>();
        if (!list.isArray() || list.size() > MAX_ENTRIES) {
            faults.add("must be a list of at most " + MAX_ENTRIES
                    + " schedules, or an object that has it as \"schedules\"");
            return entries;
        }
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < list.size(); i++) {
            ScheduleEntry entry = entry(list.get(i), "schedule no. " + (i + 1));
            entries.add(entry);
            if (!entry.id().isEmpty() && !ids.add(entry.id())) {
                fault(entry, "id stands twice in the file");
            }
        }
        return entries;
    }

    private ScheduleEntry entry(JsonNode json, String place) {
        int before = faults.size();
        ScheduleEntry entry = ScheduleJson.read(json, place, faults);
        if (json instanceof ObjectNode object) {
            for (String member : object.propertyNames()) {
                if (!MEMBERS.contains(member)) {
                    fault(entry.id().isEmpty() ? place : named(entry), member + " is no member of a schedule");
                }
            }
        }
        if (!entry.id().isEmpty() && !isId(entry.id())) {
            fault(entry, "id must be at most 200 letters, digits, blanks and ._:/@+- and begin with a letter or digit");
        }
        if (faults.size() == before) {
            times(entry);
        }
        return entry;
    }

    /** Some names would meet those of other things that a store keeps under the same prefix. */
    private static boolean isId(String id) {
        return ID.matcher(id).matches() && !id.equals("index") && !id.endsWith(":lock") && !id.endsWith(":history");
    }

    private void times(ScheduleEntry entry) {
        NextRun times;
        try {
            times = NextRun.of(entry, now);
        } catch (ScheduleRefused e) {
            faults.addAll(e.sentences());
            return;
        }
        Optional<Instant> first = times.after(now);
        boolean recurs = entry.spec() instanceof Cron || entry.spec() instanceof Calendar;
        if (first.isEmpty() && recurs && entry.expireAt() == null) {
            fault(entry, "spec never fires");
        }
        first.flatMap(times::after).ifPresent(second -> gap(entry, Duration.between(first.get(), second)));
    }

    private void gap(ScheduleEntry entry, Duration gap) {
        if (gap.compareTo(Duration.ofSeconds(1)) < 0) {
            fault(entry, "spec fires more often than once a second");
        }
        if (entry.jitter().compareTo(gap) > 0) {
            fault(entry, "jitterMs is longer than the " + gap.toMillis() + " ms between two runs");
        }
    }

    private void fault(ScheduleEntry entry, String sentence) {
        fault(named(entry), sentence);
    }

    private void fault(String place, String sentence) {
        faults.add(place + ": " + sentence);
    }

    private static String named(ScheduleEntry entry) {
        return "schedule \"" + entry.id() + "\"";
    }
}
