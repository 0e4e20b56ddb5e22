package bulwark.gateway.snapshot;

import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the snapshots of one control plane, one after the other. The signature of each is verified over all of it; routes and keys that stood word for word in the one before are taken from there, as they were read and
 * checked then. For one thread at a time.
 */
public final class SnapshotReader {
    static final String ROUTES = "routes";
    static final String KEYS = "keys";

    private final List<String> pinned;
    private final Signing signing;
    private Map<String, ApiRoute> routes = Map.of();
    private Map<String, SnapshotKey> keys = Map.of();

    /** @param pinned public keys that may sign, base64url */
    public SnapshotReader(List<String> pinned, Signing signing) {
        this.pinned = List.copyOf(pinned);
        this.signing = signing;
    }

    /**
     * Nothing of the statement is looked at before the signature holds.
     *
     * @throws RoutesRefused when no such key signed it, or a member is faulty
     */
    public SignedSnapshot read(byte[] document) {
        byte[] statement = SignedSnapshot.statement(document, pinned, signing);
        SnapshotElements elements = SnapshotElements.of(
                statement,
                List.of(ROUTES, KEYS),
                (member, element) -> (member.equals(ROUTES) ? routes : keys).containsKey(element));
        GatewaySnapshot snapshot;
        try {
            snapshot = GatewaySnapshot.read(StrictJson.parse(elements.rest()), new Former(elements));
        } catch (StrictJson.JsonRefused e) {
            throw SignedSnapshot.refused("is damaged: " + e.getMessage());
        }
        routes = byText(elements, ROUTES, snapshot.routes());
        keys = byText(elements, KEYS, snapshot.keys());
        return new SignedSnapshot(snapshot, Digests.sha256Hex(statement));
    }

    private static <T> Map<String, T> byText(SnapshotElements elements, String member, List<T> read) {
        Map<String, T> byText = HashMap.newHashMap(read.size());
        for (int i = 0; i < read.size(); i++) {
            String text = elements.text(member, i);
            if (text != null) {
                byText.put(text, read.get(i));
            }
        }
        return byText;
    }

    /** What stood in the snapshot before. */
    final class Former {
        private final SnapshotElements elements;

        private Former(SnapshotElements elements) {
            this.elements = elements;
        }

        /** Null when the element must be read. */
        @Nullable
        ApiRoute route(int index) {
            String text = elements.text(ROUTES, index);
            return text == null ? null : routes.get(text);
        }

        /** As {@link #route}. */
        @Nullable
        SnapshotKey key(int index) {
            String text = elements.text(KEYS, index);
            return text == null ? null : keys.get(text);
        }
    }
}
