package bulwark.kernel.evidence.log;

import bulwark.kernel.evidence.tlog.CheckpointKeys;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.StrictBase64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The record with which a log that held records before begins to have checkpoints: which tree it was then, and whose keys vouch for it from here on. */
final class LogTreeLeaf {
    private static final String KIND = "bulwark.log_tree";

    private LogTreeLeaf() {}

    static LogLeaf of(String origin, long records, byte[] root, CheckpointKeys keys) {
        List<String> texts =
                keys.signer().apply(origin).keys().stream().map(NoteKey::text).toList();
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("kind", KIND);
        payload.put("version", 1);
        payload.put("origin", origin);
        payload.put("records", records);
        payload.put("root", StrictBase64.text(root));
        payload.put("keys", texts);
        return new LogLeaf(payload, "tree:" + origin + ":" + records);
    }
}
