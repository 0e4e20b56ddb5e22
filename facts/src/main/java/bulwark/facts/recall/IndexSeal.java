package bulwark.facts.recall;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.time.Timestamps;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the files of the search index held when this node wrote them: their digests, signed by the log key, in the key folder. It is
 * replaced right before a commit of the index becomes valid, when it names the commit before and the new one, so that a kill leaves
 * nothing unsealed; and right after, when it names the new one alone. Somebody who can write the index and not the key folder can
 * therefore change no file of it unnoticed, nor bring an older one back. One writer at a time.
 */
final class IndexSeal {
    private static final String PURPOSE = "bulwark.dev/facts/recall-index/v1";
    private static final String KIND = "bulwark.recall_index";
    private static final int MAX_BYTES = 16 << 20;

    private final Path file;
    private final LogKeys keys;
    private final String storeId;
    private final Clock clock;

    /** @param storeId of the store that the index is made from */
    IndexSeal(Path keyFolder, LogKeys keys, String storeId, Clock clock) {
        this.file = keyFolder.resolve("index.json");
        this.keys = keys;
        this.storeId = storeId;
        this.clock = clock;
    }

    /** Synced when it returns. @param digests SHA-256 of each file by its name, hex */
    void write(Map<String, String> digests) throws IOException {
        Map<String, @Nullable Object> members = statement(new TreeMap<>(digests), Timestamps.offset(clock.instant()));
        LogKeys.Signature signature = keys.sign(PURPOSE, members);
        sign(members, signature);
        OwnerOnlyFiles.write(file, StrictJson.write(members));
    }

    private static void sign(Map<String, @Nullable Object> members, LogKeys.Signature signature) {
        members.put("key_id", signature.keyId());
        members.put("signature", signature.value());
    }

    private Map<String, @Nullable Object> statement(Map<String, String> digests, String createdAt) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("kind", KIND);
        members.put("version", 1);
        members.put("store_id", storeId);
        members.put("created_at", createdAt);
        members.put("files", digests);
        return members;
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** @return digests by file name @throws IOException when there is none, or none that is this store's and signed */
    Map<String, String> read() throws IOException {
        if (!exists()) {
            throw new IOException("no seal vouches for it");
        }
        try (InputStream in = Files.newInputStream(file)) {
            JsonNode seal = StrictJson.parse(in.readNBytes(MAX_BYTES));
            Map<String, String> digests = new TreeMap<>();
            seal.path("files")
                    .properties()
                    .forEach(named ->
                            digests.put(named.getKey(), named.getValue().stringValue("")));
            String createdAt = seal.path("created_at").stringValue("");
            LogKeys.Signature signature = new LogKeys.Signature(
                    seal.path("key_id").stringValue(""), seal.path("signature").stringValue(""));
            Map<String, @Nullable Object> members = statement(digests, createdAt);
            String fault = keys.fault(
                    PURPOSE, members, signature, OffsetDateTime.parse(createdAt).toInstant());
            if (fault != null) {
                throw new IOException("its seal " + file + " " + fault);
            }
            sign(members, signature);
            if (!CanonicalJson.text(members).equals(new String(CanonicalJson.bytes(seal), StandardCharsets.UTF_8))) {
                throw new IOException("its seal " + file + " is not of the form that is signed");
            }
            return digests;
        } catch (StrictJson.JsonRefused | DateTimeException e) {
            throw new IOException("its seal " + file + " is damaged", e);
        }
    }
}
