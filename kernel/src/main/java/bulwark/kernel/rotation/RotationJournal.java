package bulwark.kernel.rotation;

import bulwark.kernel.json.StrictJson.JsonRefused;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The states of all rotations: one JSON object for each line, which bears the SHA-256 of the line before, appended and synced. A last line that a crash cut off was never acted upon: it is
 * not read, and the next append replaces it. Damage anywhere else is refused. One process at a time; used by one thread.
 */
public final class RotationJournal {
    private static final int MAX_BYTES = 16 << 20;
    private static final String NO_LINE = "";

    private final Path file;
    private final Map<String, RotationRecord> newest = new LinkedHashMap<>();
    private String lastHash = NO_LINE;
    private long validBytes;

    private RotationJournal(Path file) {
        this.file = file;
    }

    /**
     * Reads what is there; makes nothing.
     *
     * @throws RotationRefused when the file is damaged before its last line
     */
    public static RotationJournal open(Path file) throws IOException {
        RotationJournal journal = new RotationJournal(file);
        if (Files.exists(file)) {
            OwnerOnlyFiles.check(file);
            if (Files.size(file) > MAX_BYTES) {
                throw new RotationRefused(file + " is larger than " + MAX_BYTES
                        + " bytes: no rotation is under way in it? Then move it away");
            }
            journal.read(Files.readAllBytes(file));
        }
        return journal;
    }

    /** The newest state of each, in the order in which they were planned. */
    public List<RotationRecord> rotations() {
        return List.copyOf(newest.values());
    }

    /** @throws RotationRefused when there is none of this id */
    public RotationRecord find(String id) {
        return Optional.ofNullable(newest.get(id))
                .orElseThrow(() -> new RotationRefused(
                        "there is no rotation " + id + ": rotate status lists those that there are"));
    }

    /** Unused, and sorted by time: letters, digits and a hyphen. */
    String newId(Instant now) {
        String time = now.toString().replaceAll("\\.[0-9]+|[^0-9TZ]", "");
        int number = 1;
        while (newest.containsKey(time + "-" + number)) {
            number++;
        }
        return time + "-" + number;
    }

    /** Synced when it returns. What a failure left of the line is replaced by the next append. */
    void append(RotationRecord record) throws IOException {
        byte[] line = RotationLine.write(record, lastHash);
        OwnerOnlyFiles.createDirectory(
                java.util.Objects.requireNonNull(file.toAbsolutePath().getParent()));
        boolean fresh = !Files.exists(file);
        try (FileChannel channel = OwnerOnlyFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.truncate(validBytes);
            channel.position(validBytes);
            ByteBuffer bytes = ByteBuffer.wrap(line);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        if (fresh) {
            OwnerOnlyFiles.syncFolder(file);
        }
        accept(record, line);
    }

    private void accept(RotationRecord record, byte[] line) {
        newest.put(record.id(), record);
        lastHash = Digests.sha256Hex(line);
        validBytes += line.length;
    }

    private void read(byte[] content) {
        int start = 0;
        while (start < content.length) {
            int end = start;
            while (end < content.length && content[end] != '\n') {
                end++;
            }
            if (end == content.length) {
                return;
            }
            byte[] line = Arrays.copyOfRange(content, start, end + 1);
            Optional<RotationRecord> record = parse(line);
            if (record.isEmpty()) {
                if (end + 1 == content.length) {
                    return;
                }
                throw new RotationRefused(file + " is damaged at byte " + start
                        + ": restore it from a backup; the keys themselves are not in it");
            }
            accept(record.get(), line);
            start = end + 1;
        }
    }

    private Optional<RotationRecord> parse(byte[] line) {
        try {
            return RotationLine.read(line, lastHash);
        } catch (JsonRefused | tools.jackson.core.JacksonException | IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }
}
