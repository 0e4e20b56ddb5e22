package bulwark.kernel.evidence.journal;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The newest batch of a journal, signed by the log key within a second in a file of the key folder, {@code journal-tail.json}: between two heads in the log it tells whether the end of the
 * journal was cut. It is written after the batch is synced, so that no crash leaves a tail ahead of its journal. For one thread.
 */
public final class JournalTail {
    private static final String PURPOSE = "bulwark.dev/journal/tail/v1";
    private static final int MAX_BYTES = 4_096;

    private final Path file;
    private final LogKeys keys;
    private long written;

    /** @param keyFolder of the store that the journal lies beside */
    public JournalTail(Path keyFolder, LogKeys keys) {
        this.file = file(keyFolder);
        this.keys = keys;
    }

    public static Path file(Path keyFolder) {
        return keyFolder.resolve("journal-tail.json");
    }

    /** Nothing happens when it is signed already. @param hash of the batch in hex */
    public void sign(long batch, String hash) throws IOException {
        if (batch == written) {
            return;
        }
        Map<String, Object> statement = statement(batch, hash);
        LogKeys.Signature signature = keys.sign(PURPOSE, statement);
        Map<String, Object> document = new LinkedHashMap<>(statement);
        document.put("key_id", signature.keyId());
        document.put("signature", signature.value());
        OwnerOnlyFiles.write(file, StrictJson.write(document));
        written = batch;
    }

    private static Map<String, Object> statement(long batch, String hash) {
        return Map.of("batch", batch, "hash", hash);
    }

    /** For an owner who went on with a journal that lost its end. */
    public static void forget(Path keyFolder) throws IOException {
        Files.deleteIfExists(file(keyFolder));
    }

    /** What the file says: a batch with its hash, or a problem; neither where nothing was ever signed. */
    record Read(@Nullable ChainHead head, @Nullable String problem) {}

    static Read read(Path keyFolder, LogKeys keys) throws IOException {
        Path file = file(keyFolder);
        JsonNode document;
        try {
            byte[] bytes = Files.readAllBytes(file);
            document = StrictJson.parse(bytes.length > MAX_BYTES ? new byte[0] : bytes);
        } catch (NoSuchFileException none) {
            return new Read(null, null);
        } catch (StrictJson.JsonRefused e) {
            return new Read(null, file + " is not the signed end of a journal: restore it from a backup");
        }
        long batch = document.path("batch").asLong(0);
        String hash = document.path("hash").asString("");
        LogKeys.Signature signature = new LogKeys.Signature(
                document.path("key_id").asString(""), document.path("signature").asString(""));
        String fault = keys.fault(PURPOSE, statement(batch, hash), signature);
        return fault == null
                ? new Read(new ChainHead(JournalChain.NAME, batch, hash), null)
                : new Read(null, file + " " + fault + ": restore it from a backup");
    }
}
