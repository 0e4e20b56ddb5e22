package bulwark.gateway.snapshot;

import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what one control plane signs, whole snapshots and changes of them. The signature of each is verified over all of it, and nothing of it is looked at before. Elements that stood word for word in the
 * snapshot before are taken from there, as they were read and checked then. Thread-safe.
 */
public final class SnapshotReader {
    private final List<String> pinned;
    private final Signing signing;

    /** @param pinned public keys that may sign, base64url */
    public SnapshotReader(List<String> pinned, Signing signing) {
        this.pinned = List.copyOf(pinned);
        this.signing = signing;
    }

    /** Whether a document says that it holds changes alone. */
    public static boolean isDelta(byte[] document) {
        return SnapshotEnvelope.DELTA.isOf(document);
    }

    /**
     * A whole snapshot.
     *
     * @param before the snapshot that is carried out; null for none
     * @throws RoutesRefused when no pinned key signed it, or a member is faulty
     */
    public SignedSnapshot read(byte[] document, @Nullable SignedSnapshot before) {
        byte[] statement = SnapshotEnvelope.WHOLE.open(document, pinned, signing);
        KnownElements known = KnownElements.in(statement, before);
        GatewaySnapshot snapshot;
        try {
            snapshot = GatewaySnapshot.read(StrictJson.parse(known.rest()), known);
        } catch (StrictJson.JsonRefused e) {
            throw SnapshotEnvelope.refused("is damaged: " + e.getMessage());
        }
        return new SignedSnapshot(snapshot, Digests.sha256Hex(statement), known.text(snapshot));
    }

    /** Changes. @throws RoutesRefused when no pinned key signed them, or they have another form */
    public SnapshotDelta readDelta(byte[] document) {
        return SnapshotDelta.read(SnapshotEnvelope.DELTA.open(document, pinned, signing));
    }

    /** A whole snapshot, or one that changes make of the snapshot before. @throws RoutesRefused as each of them */
    public SignedSnapshot readNext(byte[] document, @Nullable SignedSnapshot before) {
        if (!isDelta(document)) {
            return read(document, before);
        }
        SnapshotDelta delta = readDelta(document);
        if (before == null) {
            throw SnapshotEnvelope.refused(
                    "holds changes alone, and nothing is carried out here that they could change");
        }
        return delta.apply(before);
    }
}
