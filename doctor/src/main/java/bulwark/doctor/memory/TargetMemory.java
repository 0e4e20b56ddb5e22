package bulwark.doctor.memory;

import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.FileRefused;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What the doctor remembers of one target: pins, newest log checkpoints, heads, and the last verdicts. Its folder lies outside of the state folder and of what is backed up with it, so that a
 * deployment that is rolled back as a whole is compared with something that was not. One doctor at a time. Thread-safe.
 */
public final class TargetMemory implements AutoCloseable {
    private static final String FILE = "memory.json";

    private final Path folder;
    private final FileChannel lock;
    private final boolean first;
    private final String lastVisit;
    private final Map<String, String> pins = new ConcurrentHashMap<>();
    private final Map<String, LogCheckpoint> logs = new ConcurrentHashMap<>();
    private final Map<String, String> checkpoints = new ConcurrentHashMap<>();
    private final Map<String, String> verdicts = new ConcurrentHashMap<>();

    private TargetMemory(Path folder, FileChannel lock, JsonNode known) {
        this.folder = folder;
        this.lock = lock;
        first = known.isMissingNode();
        lastVisit = known.path("last_visit").asString("");
        read(known.path("pins"), pins, node -> node.asString(""));
        read(known.path("logs"), logs, LogCheckpoint::of);
        read(known.path("checkpoints"), checkpoints, node -> node.asString(""));
        read(known.path("verdicts"), verdicts, node -> node.asString(""));
    }

    private static <T> void read(JsonNode members, Map<String, T> into, Function<JsonNode, T> value) {
        members.properties().forEach(member -> into.put(member.getKey(), value.apply(member.getValue())));
    }

    /** @throws CommandFailed when another doctor holds it, others can touch it, or it is damaged */
    public static TargetMemory open(Path memory, String target) throws IOException {
        Path folder = memory.resolve(target);
        try {
            OwnerOnlyFiles.createDirectory(folder);
        } catch (FileRefused refused) {
            throw CommandFailed.usage(String.valueOf(refused.getMessage()));
        }
        FileChannel channel =
                OwnerOnlyFiles.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new OverlappingFileLockException();
            }
            return new TargetMemory(folder, channel, document(folder.resolve(FILE)));
        } catch (OverlappingFileLockException held) {
            channel.close();
            throw CommandFailed.usage("another doctor looks at this target with the memory " + folder
                    + " just now: wait for it, or give this one a memory of its own with --memory");
        } catch (RuntimeException | IOException e) {
            channel.close();
            throw e;
        }
    }

    private static JsonNode document(Path file) throws IOException {
        if (!Files.exists(file)) {
            return JsonNodeFactory.instance.missingNode();
        }
        try {
            OwnerOnlyFiles.check(file);
            return StrictJson.parse(Files.readAllBytes(file));
        } catch (FileRefused | StrictJson.JsonRefused refused) {
            throw CommandFailed.usage(
                    file + " cannot be trusted: " + refused.getMessage()
                            + ". Restore it from a backup of your own, or move it away and begin anew: the first visit takes new pins");
        }
    }

    /** Of this target. */
    public Path folder() {
        return folder;
    }

    /** Nothing is remembered yet: pins are taken now. */
    public boolean firstVisit() {
        return first;
    }

    /** ISO 8601, or empty. */
    public String lastVisit() {
        return lastVisit;
    }

    /**
     * What was pinned under the key.
     *
     * @return empty the first time: the value is pinned from now on
     */
    public Optional<String> pinned(String key, String value) {
        return Optional.ofNullable(pins.putIfAbsent(key, value));
    }

    /** Without taking a pin. */
    public Optional<String> pinned(String key) {
        return Optional.ofNullable(pins.get(key));
    }

    /** A later visit compares with this value: only for what may change and was shown to follow from what was pinned. */
    public void pinAgain(String key, String value) {
        pins.put(key, value);
    }

    /** @return false when there is no such pin */
    public boolean forget(String key) {
        return pins.remove(key) != null;
    }

    /** A copy, in the order of the keys. */
    public Map<String, String> pins() {
        return new TreeMap<>(pins);
    }

    public Optional<LogCheckpoint> log(String name) {
        return Optional.ofNullable(logs.get(name));
    }

    /** Only of a log that was found consistent: a broken one is compared with the last sound checkpoint for ever. */
    public void remember(String name, LogCheckpoint checkpoint) {
        logs.put(name, checkpoint);
    }

    /** The signed checkpoint of a log's tree, cosigned by this doctor, as of the last visit that found it consistent. */
    public Optional<String> checkpoint(String name) {
        return Optional.ofNullable(checkpoints.get(name));
    }

    /** Only of a tree that begins with the one before: what is remembered is what this doctor vouched for. */
    public void rememberCheckpoint(String name, String note) {
        checkpoints.put(name, note);
    }

    /** Words by id, of the last visit. */
    public Map<String, String> verdicts() {
        return Map.copyOf(verdicts);
    }

    /** Keeps both sides of a contradiction as a file. @return where */
    public Path keepProof(String name, LogWitness.Finding.Broken broken, String at) throws IOException {
        Map<String, Object> proof = new LinkedHashMap<>();
        proof.put("log", name);
        proof.put("found", broken.sentence());
        proof.put("before", broken.before().members());
        broken.now().ifPresent(now -> proof.put("now", now.members()));
        Path file = folder.resolve("proof-" + name + "-" + at.replace(':', '-') + ".json");
        OwnerOnlyFiles.write(file, StrictJson.pretty(proof).getBytes(StandardCharsets.UTF_8));
        return file;
    }

    /** Keeps two signed checkpoints that contradict each other: whoever has the log's key can verify both. @return where */
    public Path keepProof(String name, String sentence, String before, String now, String at) throws IOException {
        Map<String, Object> proof = new LinkedHashMap<>();
        proof.put("log", name);
        proof.put("found", sentence);
        proof.put("checkpoint_before", before);
        proof.put("checkpoint_now", now);
        Path file = folder.resolve("proof-" + name + "-tree-" + at.replace(':', '-') + ".json");
        OwnerOnlyFiles.write(file, StrictJson.pretty(proof).getBytes(StandardCharsets.UTF_8));
        return file;
    }

    /** Durable when this returns. Verdicts of probes that this visit left out stay. */
    public void save(String visitedAt, Map<String, String> seen) throws IOException {
        verdicts.putAll(seen);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("version", 1);
        document.put("last_visit", visitedAt);
        document.put("pins", new TreeMap<>(pins));
        Map<String, Object> lines = new TreeMap<>();
        logs.forEach((name, checkpoint) -> lines.put(name, checkpoint.members()));
        document.put("logs", lines);
        document.put("checkpoints", new TreeMap<>(checkpoints));
        document.put("verdicts", new TreeMap<>(verdicts));
        OwnerOnlyFiles.write(
                folder.resolve(FILE), (StrictJson.pretty(document) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
