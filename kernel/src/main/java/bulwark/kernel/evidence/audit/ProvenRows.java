package bulwark.kernel.evidence.audit;

import bulwark.kernel.evidence.heads.ChainHead;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * How far an audit table was proven, in a file of the key folder, which whoever writes the store cannot write: the next start reads the
 * rows behind that one only. Without a file it reads all.
 *
 * @param head the last row
 * @param fold of what the rows up to there say about guarded rows, as {@link GuardedDigests#folded} makes it
 * @param stopped whether the process ended there: nobody wrote a row since
 * @param accepted findings with which the owner went on
 */
record ProvenRows(ChainHead head, String fold, boolean stopped, List<String> accepted) {
    private static final int MAX_BYTES = 1 << 20;

    ProvenRows {
        accepted = List.copyOf(accepted);
    }

    private static Path file(Path keyFolder, String table) {
        return keyFolder.resolve(table + ".proven.json");
    }

    /** Empty when there is none that can be read: it saves time, and nothing else. */
    static Optional<ProvenRows> read(Path keyFolder, String table) {
        try (InputStream in = Files.newInputStream(file(keyFolder, table))) {
            JsonNode json = StrictJson.parse(in.readNBytes(MAX_BYTES));
            List<String> accepted = new ArrayList<>();
            json.path("accepted").forEach(each -> accepted.add(each.stringValue("")));
            long seq = json.path("seq").longValue(0);
            String hash = json.path("hash").stringValue("");
            return seq < 1 || !json.path("table").stringValue("").equals(table)
                    ? Optional.empty()
                    : Optional.of(new ProvenRows(
                            new ChainHead(table, seq, hash),
                            json.path("fold").stringValue(""),
                            json.path("stopped").booleanValue(false),
                            accepted));
        } catch (IOException | StrictJson.JsonRefused e) {
            return Optional.empty();
        }
    }

    void write(Path keyFolder) throws IOException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("table", head.table());
        members.put("seq", head.seq());
        members.put("hash", head.hash());
        members.put("fold", fold);
        members.put("stopped", stopped);
        members.put("accepted", accepted);
        OwnerOnlyFiles.write(file(keyFolder, head.table()), StrictJson.write(members));
    }
}
