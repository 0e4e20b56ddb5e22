package bulwark.kernel.evidence.heads;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.log.LogRecord;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest signed heads of a store in a file outside of it: owner-only, replaced as a whole and synced. One lies in the key folder,
 * a second one wherever the owner names it.
 */
public final class HeadFile {
    /** Signed heads of a few chains are some thousand bytes. */
    private static final int MAX_BYTES = 1 << 20;

    private final ConfiguredPath file;

    public HeadFile(ConfiguredPath file) {
        this.file = file;
    }

    /** @param logIndex where the leaf stands in the log, or null without a log */
    public record Content(SignedHeads heads, @Nullable Long logIndex) {}

    /**
     * Nothing there, or what is there cannot be read as signed heads.
     *
     * @param passing whether the problem is one of the disk and says nothing about the contents
     */
    public record Read(@Nullable Content content, @Nullable String problem, boolean passing) {}

    ConfiguredPath path() {
        return file;
    }

    public Read read() {
        if (!Files.exists(file.path())) {
            return new Read(null, null, false);
        }
        try (InputStream in = Files.newInputStream(file.path())) {
            byte[] content = in.readNBytes(MAX_BYTES + 1);
            if (content.length > MAX_BYTES) {
                return new Read(
                        null,
                        file + " is larger than 1 MiB, as signed heads never are: restore it from a backup",
                        false);
            }
            Map<String, @Nullable Object> members = LogRecord.object(StrictJson.parse(content));
            Object payload = members.get("payload");
            if (payload instanceof Map<?, ?> map) {
                Map<String, @Nullable Object> named = new LinkedHashMap<>();
                map.forEach((name, value) -> named.put(String.valueOf(name), value));
                SignedHeads heads = SignedHeads.parse(named);
                if (heads != null) {
                    Object index = members.get("log_index");
                    return new Read(
                            new Content(heads, index instanceof Number number ? number.longValue() : null),
                            null,
                            false);
                }
            }
            return new Read(null, file + " does not hold signed heads: restore it from a backup", false);
        } catch (IOException e) {
            return new Read(null, unreadable(e), true);
        } catch (StrictJson.JsonRefused e) {
            return new Read(null, unreadable(e), false);
        }
    }

    private String unreadable(Exception e) {
        return file + " cannot be read (" + e.getMessage() + "): put the file there, or name another";
    }

    public void write(Content content) throws IOException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("log_index", content.logIndex);
        members.put("payload", content.heads.payload());
        OwnerOnlyFiles.write(file.path(), StrictJson.write(members));
    }
}
