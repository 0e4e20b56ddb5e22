package bulwark.doctor.bundle;

import bulwark.kernel.error.PrintableText;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.evidence.tlog.SignedNote;
import bulwark.kernel.evidence.tlog.StrictBase64;
import bulwark.kernel.evidence.tlog.TlogCheckpoint;
import bulwark.kernel.evidence.tlog.TlogProof;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import bulwark.web.LocalSocket;
import bulwark.web.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The log of a deployment, asked over its owner's socket. What it answers is believed as far as its proof goes.
 *
 * @param socket of the process that holds the log
 */
public record OwnerSocketLog(Path socket) implements PostureSigner.Log {
    private static final String PATH = "/local/log/statement";
    private static final String CHECKPOINT = "/local/log/checkpoint";
    private static final Duration CHECKPOINT_TIMEOUT = Duration.ofSeconds(8);
    private static final int CONFLICT = 409;

    /**
     * The log's newest checkpoint, whose signatures were verified, under keys that the log itself names.
     *
     * @param consistency proof that its tree begins with an earlier one; null where the log says that it has fewer records
     */
    public record Newest(
            SignedNote note, TlogCheckpoint tree, @Nullable List<byte[]> consistency) {}

    /**
     * Asks the log to sign its present tree.
     *
     * @param earlierSize records of a tree with which it must begin; 0 for none
     * @throws IOException when it does not answer, signs nothing, or signs with another key than it names
     */
    public Newest newest(long earlierSize) throws IOException {
        Response answer = earlierSize == 0 ? ask(Map.of()) : ask(Map.of("earlier_size", earlierSize));
        boolean shorter = answer.status() == CONFLICT;
        if (shorter) {
            answer = ask(Map.of());
        }
        JsonNode body;
        try {
            body = StrictJson.parse(answer.body());
        } catch (StrictJson.JsonRefused e) {
            throw new IOException("the log of the deployment answered no JSON: " + e.getMessage(), e);
        }
        if (answer.status() != 200) {
            throw new IOException("the log of the deployment signs no checkpoint: status " + answer.status() + " "
                    + PrintableText.of(
                            body.path("message").asString(body.path("error").asString(""))));
        }
        try {
            SignedNote note = SignedNote.parse(body.path("checkpoint").asString(""));
            TlogCheckpoint tree = TlogCheckpoint.parse(note.text());
            int verified = 0;
            for (JsonNode key : body.path("keys")) {
                if (NoteKey.parse(key.asString("")).verify(note, tree, Signing.fastest()) != null) {
                    verified++;
                }
            }
            if (verified == 0) {
                throw new IOException("the log of the deployment signed its checkpoint with no key that it names");
            }
            return new Newest(note, tree, shorter ? null : hashes(body.path("consistency")));
        } catch (NoteRefused e) {
            throw new IOException("the log of the deployment answered no checkpoint: " + e.getMessage(), e);
        }
    }

    private Response ask(Map<String, Object> body) {
        return LocalSocket.call(socket, "POST", CHECKPOINT, StrictJson.write(body), CHECKPOINT_TIMEOUT);
    }

    private static List<byte[]> hashes(JsonNode proof) throws NoteRefused {
        List<byte[]> hashes = new ArrayList<>();
        for (JsonNode each : proof) {
            byte @Nullable [] hash = StrictBase64.bytes(each.asString(""));
            if (hash == null) {
                throw new NoteRefused("a hash of the consistency proof is not base64");
            }
            hashes.add(hash);
        }
        return hashes;
    }

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
