package bulwark.tasks.embedded;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleJson;
import bulwark.tasks.schedule.ScheduleStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns schedules into rows and back, in the process that uses them. */
final class EmbeddedSchedules implements ScheduleStore {
    private final ScheduleApi calls;

    EmbeddedSchedules(StoreClient client) {
        this.calls = client.as(ScheduleApi.class);
    }

    private static ScheduleEntry entry(StoreRpc.Schedule row) {
        return ScheduleJson.ofJson(StrictJson.parse(row.body().getBytes(StandardCharsets.UTF_8)));
    }

    private static @Nullable Long micros(@Nullable Instant time) {
        return time == null ? null : (Long) StoreRpc.micros(time);
    }

    @Override
    public List<ScheduleEntry> list() {
        return calls.list().stream().map(EmbeddedSchedules::entry).toList();
    }

    @Override
    public Optional<ScheduleEntry> get(String id) {
        return calls.get(id).map(EmbeddedSchedules::entry);
    }

    @Override
    public ScheduleEntry put(ScheduleEntry entry) {
        ScheduleEntry stored = entry.withVersion(entry.version() + 1);
        long actual = calls.put(new StoreRpc.Schedule(
                entry.id(),
                entry.version(),
                entry.enabled(),
                micros(entry.run().nextRunAt()),
                micros(entry.expireAt()),
                StrictJson.text(ScheduleJson.json(stored))));
        if (actual != entry.version()) {
            throw new VersionConflict(entry.id(), entry.version(), actual);
        }
        return stored;
    }

    @Override
    public List<ScheduleEntry> due(Instant now, int limit) {
        return calls.due(StoreRpc.micros(now), limit).stream()
                .map(EmbeddedSchedules::entry)
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
                new StoreRpc.FireRecord(
                        StoreRpc.micros(fired.scheduledAt()),
                        StoreRpc.micros(fired.executedAt()),
                        fired.success(),
                        fired.durationMs(),
                        fired.error()));
    }

    @Override
    public List<Fired> history(String id, int limit) {
        return calls.history(id, limit).stream()
                .map(row -> new Fired(
                        StoreRpc.ofMicros(row.scheduledMicros()),
                        StoreRpc.ofMicros(row.executedMicros()),
                        row.success(),
                        row.duration(),
                        row.error()))
                .toList();
    }

    @Override
    public Optional<Instant> nextDue() {
        return calls.nextDue().map(StoreRpc::ofMicros);
    }
}
