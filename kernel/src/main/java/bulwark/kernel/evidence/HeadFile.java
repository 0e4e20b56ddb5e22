package bulwark.kernel.evidence;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest signed heads of a store in a file outside of it: owner-only, replaced as a whole and synced. One lies in the key folder,
 * a second one wherever the owner names it.
 */
final class HeadFile {
    private final ConfiguredPath file;

    HeadFile(ConfiguredPath file) {
        this.file = file;
    }

    /** @param logIndex where the leaf stands in the log, or null without a log */
    record Content(SignedHeads heads, @Nullable Long logIndex) {}

    /** Nothing there, or what is there cannot be read as signed heads. */
    record Read(@Nullable Content content, @Nullable String problem) {}

    ConfiguredPath path() {
        return file;
    }

    Read read() {
        if (!Files.exists(file.path())) {
            return new Read(null, null);
        }
        try {
            Map<String, @Nullable Object> members = LogRecord.object(StrictJson.parse(Files.readAllBytes(file.path())));
            Object payload = members.get("payload");
            if (payload instanceof Map<?, ?> map) {
                Map<String, @Nullable Object> named = new LinkedHashMap<>();
                map.forEach((name, value) -> named.put(String.valueOf(name), value));
                SignedHeads heads = SignedHeads.parse(named);
                if (heads != null) {
                    Object index = members.get("log_index");
                    return new Read(
                            new Content(heads, index instanceof Number number ? number.longValue() : null), null);
                }
            }
            return new Read(null, file + " does not hold signed heads: restore it from a backup");
        } catch (IOException | StrictJson.JsonRefused e) {
            return new Read(
                    null, file + " cannot be read (" + e.getMessage() + "): put the file there, or name another");
        }
    }

    void write(Content content) throws IOException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("log_index", content.logIndex);
        members.put("payload", content.heads.payload());
        OwnerOnlyFiles.write(file.path(), StrictJson.write(members));
    }
}
