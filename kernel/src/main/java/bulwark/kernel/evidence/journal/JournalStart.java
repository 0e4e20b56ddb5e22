package bulwark.kernel.evidence.journal;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.time.SignedTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the journal begins since older segments were removed by its retention: a statement that the log key signs before they are. Without one it begins with batch 1.
 *
 * @param firstBatch the oldest batch that must be there
 */
record JournalStart(long firstBatch) {
    static final JournalStart ALL = new JournalStart(1);
    private static final String FILE = "start.json";
    private static final String PURPOSE = "bulwark.dev/journal/start/v1";

    /** Durable when it returns. */
    void write(Path folder, LogKeys keys, String createdAt) throws IOException {
        Map<String, @Nullable Object> members = statement(firstBatch, createdAt);
        LogKeys.Signature signature = keys.sign(PURPOSE, members);
        members.put("key_id", signature.keyId());
        members.put("signature", signature.value());
        OwnerOnlyFiles.write(folder.resolve(FILE), StrictJson.write(members));
    }

    /** What was read, or why it is not to be believed. */
    record Read(JournalStart start, @Nullable String problem) {}

    static Read read(Path folder, LogKeys keys) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return new Read(ALL, null);
        }
        try {
            Map<String, @Nullable Object> members = PlainJson.object(StrictJson.parse(Files.readAllBytes(file)));
            if (members.get("first_batch") instanceof Number first
                    && members.get("created_at") instanceof String at
                    && members.get("key_id") instanceof String keyId
                    && members.get("signature") instanceof String value) {
                String fault = keys.fault(
                        PURPOSE,
                        statement(first.longValue(), at),
                        new LogKeys.Signature(keyId, value),
                        SignedTime.parse(at));
                return fault == null
                        ? new Read(new JournalStart(first.longValue()), null)
                        : new Read(ALL, file + " " + fault);
            }
            return new Read(ALL, file + " does not say where the journal begins: restore it from a backup");
        } catch (StrictJson.JsonRefused | IllegalArgumentException e) {
            return new Read(ALL, file + " cannot be read (" + e.getMessage() + "): restore it from a backup");
        }
    }

    private static Map<String, @Nullable Object> statement(long firstBatch, String createdAt) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("kind", "bulwark.journal_start");
        members.put("first_batch", firstBatch);
        members.put("created_at", createdAt);
        return members;
    }
}
