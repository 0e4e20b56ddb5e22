package bulwark.facts.identity;

import bulwark.kernel.evidence.log.LogAnchor;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.evidence.outbox.LogSubmitter;
import bulwark.kernel.storage.WriteTx;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Submits rotations to the log. The entry names the index that the new manifest got there, so it follows the manifest's own. */
final class RotationSubmitter {
    private static final String KIND = "log.rotation";

    private final LogSubmitter submitter;
    private final NodeKeys keys;

    RotationSubmitter(LogSubmitter submitter, NodeKeys keys) {
        this.submitter = submitter;
        this.keys = keys;
        submitter.register(KIND, this::entry);
    }

    /** In the transaction that enqueued the manifest. */
    void enqueue(WriteTx tx, KeyRotation rotation, Manifest next) throws SQLException {
        Map<String, @Nullable Object> members = rotation.members();
        members.put("manifest", next.logKey());
        submitter.enqueue(tx, KIND, KeyRotation.logKey(rotation.newKeyId()), members);
    }

    private Map<String, @Nullable Object> entry(Map<String, @Nullable Object> committed) throws LogUnavailable {
        KeyRotation rotation = KeyRotation.of(committed);
        LogAnchor manifest = submitter
                .find(String.valueOf(committed.get("manifest")))
                .orElseThrow(() -> new LogUnavailable("the manifest is not in the log yet", null));
        return rotation.logEntry(manifest.logIndex(), rotation.kind().ring(keys).signer(rotation.oldKeyId()));
    }
}
