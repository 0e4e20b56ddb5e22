package bulwark.facts.snapshot;

import bulwark.facts.identity.NodeIdentity;
import bulwark.kernel.json.StrictJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The end of a local transparency log file, and the newest fact-chain checkpoint in it.
 *
 * @param index of the last line, -1 when there is none
 * @param coveredSeq chain position that the newest checkpoint vouches for, 0 when there is none
 */
record LocalLogHead(
        long index,
        @Nullable String chainHash,
        long coveredSeq,
        @Nullable String coveredHash) {
    private static final LocalLogHead NONE = new LocalLogHead(-1, null, 0, null);

    /** Reads the file as it is; its own integrity is {@code fsck}'s matter. */
    static LocalLogHead read(@Nullable Path file) throws IOException {
        if (file == null || !Files.exists(file)) {
            return NONE;
        }
        LocalLogHead head = NONE;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                head = head.after(line);
            }
        }
        return head;
    }

    /** A line that a crash tore says nothing; the log lives on behind it. */
    private LocalLogHead after(String line) {
        try {
            return then(StrictJson.parse(line.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (StrictJson.JsonRefused e) {
            return this;
        }
    }

    private LocalLogHead then(JsonNode line) {
        long at = line.path("index").longValue(-1);
        String hash = line.path("chain_hash").stringValue("");
        JsonNode payload = line.path("payload");
        long covered = payload.path("covered_chain_seq").longValue(0);
        boolean checkpoint = payload.path("kind").stringValue("").equals("stigmem.fact_chain_checkpoint")
                && payload.path("tenant_id").stringValue("").equals(NodeIdentity.TENANT)
                && covered >= coveredSeq;
        return checkpoint
                ? new LocalLogHead(at, hash, covered, payload.path("chain_hash").stringValue(""))
                : new LocalLogHead(at, hash, coveredSeq, coveredHash);
    }

    Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("index", index);
        members.put("chain_hash", chainHash);
        return members;
    }
}
