package bulwark.tasks.schedule;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.json.StrictJson.JsonRefused;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Schedules in one JSON file, a list of objects as {@link ScheduleJson} writes them; the history stands beside it. For one machine and some hundred
 * schedules: each change writes the whole file, under a lock that holds against other processes, so that a kill leaves the old or the new. Blocks.
 * Source of the form: Stem 0.2.
 */
public final class FileScheduleStore implements ScheduleStore {
    /** The system's lock does not hold within one process. */
    private static final Map<Path, ReentrantLock> HELD_HERE = new ConcurrentHashMap<>();

    private static final Comparator<ScheduleEntry> BY_NEXT_RUN = Comparator.<ScheduleEntry, Instant>comparing(
                    entry -> entry.run().nextRunAt(), Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(ScheduleEntry::id);

    private final ConfiguredPath configured;
    private final Path file;
    private final ScheduleHistory history;
    private final ReentrantLock lock;

    /** Creates folder and file with the first change. */
    public FileScheduleStore(Path file) {
        this(ConfiguredPath.unnamed(file));
    }

    /** Creates folder and file with the first change; refusals name the setting. */
    public FileScheduleStore(ConfiguredPath configured) {
        this.configured = configured;
        file = configured.path().toAbsolutePath().normalize();
        history = new ScheduleHistory(this.file.resolveSibling(this.file.getFileName() + ".history"));
        lock = HELD_HERE.computeIfAbsent(this.file, path -> new ReentrantLock());
    }

    @Override
    public List<ScheduleEntry> list() {
        return read().values().stream().sorted(BY_NEXT_RUN).toList();
    }

    @Override
    public Optional<ScheduleEntry> get(String id) {
        return Optional.ofNullable(read().get(id));
    }

    @Override
    public ScheduleEntry put(ScheduleEntry entry) {
        return locked(() -> {
            Map<String, ScheduleEntry> entries = read();
            ScheduleEntry there = entries.get(entry.id());
            long actual = there == null ? 0 : there.version();
            if (actual != entry.version()) {
                throw new VersionConflict(entry.id(), entry.version(), actual);
            }
            ScheduleEntry stored = entry.withVersion(actual + 1);
            entries.put(entry.id(), stored);
            write(entries);
            return stored;
        });
    }

    @Override
    public List<ScheduleEntry> due(Instant now, int limit) {
        return list().stream()
                .filter(entry -> entry.enabled() && isDue(entry.run().nextRunAt(), now))
                .filter(entry -> entry.expireAt() == null || entry.expireAt().isAfter(now))
                .limit(limit)
                .toList();
    }

    private static boolean isDue(@org.jspecify.annotations.Nullable Instant next, Instant now) {
        return next != null && !next.isAfter(now);
    }

    @Override
    public void remove(String id) {
        locked(() -> {
            Map<String, ScheduleEntry> entries = read();
            if (entries.remove(id) != null) {
                write(entries);
            }
            history.remove(id);
            return id;
        });
    }

    @Override
    public void record(String id, Fired fired) {
        locked(() -> {
            history.add(id, fired);
            return id;
        });
    }

    @Override
    public List<Fired> history(String id, int limit) {
        return locked(() -> history.of(id, limit));
    }

    @Override
    public Optional<Instant> nextDue() {
        return list().stream()
                .filter(ScheduleEntry::enabled)
                .flatMap(entry -> Optional.ofNullable(entry.run().nextRunAt()).stream())
                .findFirst();
    }

    private Map<String, ScheduleEntry> read() {
        return configured.open(path -> {
            try {
                byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
                return bytes.length == 0 ? new TreeMap<>() : entries(StrictJson.parse(bytes));
            } catch (JsonRefused e) {
                throw new ScheduleRefused(List.of(file + ": " + e.getMessage() + "; correct it, or name another file"));
            }
        });
    }

    private Map<String, ScheduleEntry> entries(JsonNode json) {
        List<String> faults = new ArrayList<>();
        Map<String, ScheduleEntry> entries = new TreeMap<>();
        if (!json.isArray()) {
            faults.add(file + " must hold a list of schedules");
        }
        for (JsonNode element : json) {
            ScheduleEntry entry = ScheduleJson.read(element, file + ", schedule no. " + (entries.size() + 1), faults);
            // A file of the original system has no versions: what is stored has at least the first.
            entries.put(entry.id(), entry.version() == 0 ? entry.withVersion(1) : entry);
        }
        if (!faults.isEmpty()) {
            throw new ScheduleRefused(faults);
        }
        return entries;
    }

    private void write(Map<String, ScheduleEntry> entries) throws IOException {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        entries.values().forEach(entry -> list.add(ScheduleJson.json(entry)));
        OwnerOnlyFiles.write(file, StrictJson.write(list));
    }

    private <T> T locked(Change<T> change) {
        lock.lock();
        try {
            createFolder();
            try (FileChannel channel = OwnerOnlyFiles.open(
                            file.resolveSibling(file.getFileName() + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock held = channel.lock()) {
                return change.run();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be changed", e);
        } finally {
            lock.unlock();
        }
    }

    private void createFolder() throws IOException {
        Path folder = file.getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            OwnerOnlyFiles.createDirectory(folder);
        }
    }

    @FunctionalInterface
    private interface Change<T> {
        T run() throws IOException;
    }
}
