package bulwark.facts.node;

import static bulwark.web.ApiRefusal.Kind.CONFLICT;
import static bulwark.web.ApiRefusal.Kind.INVALID;
import static bulwark.web.ApiRefusal.Kind.NOT_FOUND;
import static bulwark.web.ApiRefusal.Kind.UNAVAILABLE;

import bulwark.kernel.evidence.log.LogLeaf;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.evidence.tlog.CheckpointKeys;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.evidence.tlog.SignedNote;
import bulwark.kernel.evidence.tlog.StrictBase64;
import bulwark.kernel.evidence.tlog.TlogCheckpoint;
import bulwark.kernel.evidence.tlog.TlogProof;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.signing.Digests;
import bulwark.web.ApiRefusal;
import bulwark.web.Request;
import bulwark.web.RequestBody;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The tree of the local transparency log for its owner: its newest checkpoint, proofs, and statements that others signed and want kept. */
final class LogRoutes {
    private static final int MAX_STATEMENT_BYTES = 1 << 16;

    private final NodeCore core;

    LogRoutes(NodeCore core) {
        this.core = core;
    }

    List<Route> routes() {
        return List.of(
                Route.owner("POST", "/local/log/checkpoint", this::checkpoint),
                Route.owner("POST", "/local/log/proof", this::proof),
                Route.owner("POST", "/local/log/statement", this::statement));
    }

    /** {@code {"earlier_size": N}}, which asks for a proof that the checkpoint continues the tree of N records, or nothing. */
    private Response checkpoint(Request request) {
        RequestBody body = RequestBody.parse(request.body());
        long earlier = body.wholeNumber("earlier_size", -1, 0, Long.MAX_VALUE);
        body.check();
        Map<String, Object> answer = answer(publish());
        if (earlier >= 0) {
            answer.put("consistency", consistency(earlier));
        }
        return Response.json(200, answer);
    }

    private List<String> consistency(long earlier) {
        try {
            return core
                    .log
                    .consistency(earlier)
                    .orElseThrow(() -> new ApiRefusal(
                            CONFLICT, "log_shorter", "the log has fewer than " + earlier + " records: it lost some"))
                    .stream()
                    .map(StrictBase64::text)
                    .toList();
        } catch (LogUnavailable e) {
            throw unavailable(e);
        }
    }

    /** {@code {"index": N}}: the content of a {@code .tlog-proof}. */
    private Response proof(Request request) {
        RequestBody body = RequestBody.parse(request.body());
        long index = body.wholeNumber("index", -1, 0, Long.MAX_VALUE);
        body.check();
        Map<String, Object> answer = answer(publish());
        answer.put("tlog_proof", proof(index).text());
        return Response.json(200, answer);
    }

    private TlogProof proof(long index) {
        try {
            return core.log
                    .proof(index)
                    .orElseThrow(() ->
                            new ApiRefusal(NOT_FOUND, "no_such_record", "the log has no record at index " + index));
        } catch (LogUnavailable e) {
            throw unavailable(e);
        }
    }

    /** {@code {"entry": …}} of Rekor's kind {@code dsse} 0.0.2: it becomes a record, once; answered as a proof is. */
    private Response statement(Request request) {
        RequestBody body = RequestBody.parse(request.body());
        JsonNode entry = body.raw("entry").orElse(JsonNodeFactory.instance.objectNode());
        if (!entry.path("kind").stringValue("").equals("dsse")
                || !entry.path("apiVersion").stringValue("").equals("0.0.2")) {
            body.invalid("entry", "entry must be one of kind dsse and of apiVersion 0.0.2");
        }
        body.check();
        byte[] leaf = CanonicalJson.bytes(entry);
        if (leaf.length > MAX_STATEMENT_BYTES) {
            throw new ApiRefusal(INVALID, "entry_too_large", "entry must have at most 64 KiB");
        }
        publish();
        long index;
        try {
            index = core.log
                    .append(new LogLeaf(PlainJson.object(entry), "dsse:" + Digests.sha256Hex(leaf)))
                    .logIndex();
        } catch (LogUnavailable e) {
            throw unavailable(e);
        }
        Map<String, Object> answer = answer(publish());
        answer.put("tlog_proof", proof(index).text());
        return Response.json(201, answer);
    }

    /** Nothing is signed for a store that was changed behind the node. */
    private SignedNote publish() {
        String problem = core.heads.problem();
        if (problem != null) {
            throw new ApiRefusal(UNAVAILABLE, "evidence_problem", "nothing is signed: " + problem);
        }
        try {
            return core.log
                    .publishCheckpoint(keys())
                    .orElseThrow(() -> new ApiRefusal(
                            NOT_FOUND,
                            "no_local_log",
                            "this node has no local log with records: set STIGMEM_TL_BACKEND=local"));
        } catch (LogUnavailable e) {
            throw unavailable(e);
        }
    }

    private CheckpointKeys keys() {
        return core.heads.keys().checkpointKeys();
    }

    private Map<String, Object> answer(SignedNote note) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("checkpoint", note.note());
        answer.put(
                "keys",
                keys().signer().apply(origin(note)).keys().stream()
                        .map(NoteKey::text)
                        .toList());
        return answer;
    }

    private static String origin(SignedNote note) {
        try {
            return TlogCheckpoint.parse(note.text()).origin();
        } catch (NoteRefused e) {
            throw new IllegalStateException("a checkpoint of our own is one", e);
        }
    }

    private static ApiRefusal unavailable(LogUnavailable e) {
        return new ApiRefusal(UNAVAILABLE, "log_unavailable", String.valueOf(e.getMessage()));
    }
}
