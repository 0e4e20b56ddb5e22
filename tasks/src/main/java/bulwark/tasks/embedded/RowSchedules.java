package bulwark.tasks.embedded;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleStore;
import bulwark.tasks.schedule.ScheduleText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns schedules into rows and back, in the process that uses them. */
final class RowSchedules implements ScheduleStore {
    private final ScheduleCalls calls;

    RowSchedules(Link link) {
        this.calls = link.as(ScheduleCalls.class);
    }

    private static ScheduleEntry entry(Row.Schedule row) {
        return ScheduleText.ofJson(StrictJson.parse(row.body().getBytes(StandardCharsets.UTF_8)));
    }

    private static @Nullable Long micros(@Nullable Instant time) {
        return time == null ? null : (Long) Row.micros(time);
    }

    @Override
    public List<ScheduleEntry> list() {
        return calls.list().stream().map(RowSchedules::entry).toList();
    }

    @Override
    public Optional<ScheduleEntry> get(String id) {
        return calls.get(id).map(RowSchedules::entry);
    }

    @Override
    public ScheduleEntry put(ScheduleEntry entry) {
        ScheduleEntry stored = entry.withVersion(entry.version() + 1);
        long actual = calls.put(new Row.Schedule(
                entry.id(),
                entry.version(),
                entry.enabled(),
                micros(entry.run().nextRunAt()),
                micros(entry.expireAt()),
                StrictJson.text(ScheduleText.json(stored))));
        if (actual != entry.version()) {
            throw new VersionConflict(entry.id(), entry.version(), actual);
        }
        return stored;
    }

    @Override
    public List<ScheduleEntry> due(Instant now, int limit) {
        return calls.due(Row.micros(now), limit).stream()
                .map(RowSchedules::entry)
                .toList();
    }

    @Override
    public void remove(String id) {
        calls.remove(id);
    }

    @Override
    public void record(String id, Fired fired) {
        calls.record(
                id,
                new Row.Fired(
                        Row.micros(fired.scheduledAt()),
                        Row.micros(fired.executedAt()),
                        fired.success(),
                        fired.durationMs(),
                        fired.error()));
    }

    @Override
    public List<Fired> history(String id, int limit) {
        return calls.history(id, limit).stream()
                .map(row -> new Fired(
                        Row.ofMicros(row.scheduledMicros()),
                        Row.ofMicros(row.executedMicros()),
                        row.success(),
                        row.duration(),
                        row.error()))
                .toList();
    }

    @Override
    public Optional<Instant> nextDue() {
        return calls.nextDue().map(Row::ofMicros);
    }
}
