package bulwark.doctor.bundle;

import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.evidence.tlog.TlogProof;
import bulwark.kernel.json.StrictJson;
import bulwark.web.LocalSocket;
import bulwark.web.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The log of a deployment, asked over its owner's socket. What it answers is believed as far as its proof goes.
 *
 * @param socket of the process that holds the log
 */
public record OwnerSocketLog(Path socket) implements PostureSigner.Log {
    private static final String PATH = "/local/log/statement";

    @Override
    public PostureSigner.Entry keep(Map<String, Object> entry, String digest) throws IOException {
        Response answer = LocalSocket.call(socket, "POST", PATH, StrictJson.write(Map.of("entry", entry)));
        if (answer.status() != 201) {
            throw new IOException(
                    "the log of the deployment did not keep the statement: it answered " + answer.status());
        }
        try {
            JsonNode kept = StrictJson.parse(answer.body());
            List<NoteKey> keys = new ArrayList<>();
            for (JsonNode key : kept.path("keys")) {
                keys.add(NoteKey.parse(key.stringValue("")));
            }
            if (keys.isEmpty()) {
                throw new IOException("the log of the deployment names no key");
            }
            return new PostureSigner.Entry(
                    TlogProof.parse(kept.path("tlog_proof").stringValue("")), keys);
        } catch (NoteRefused | StrictJson.JsonRefused e) {
            throw new IOException("the log of the deployment answered no proof: " + e.getMessage(), e);
        }
    }
}
