package bulwark.facts;

import bulwark.kernel.evidence.audit.GuardedTable;
import java.util.List;

/** The tables whose rows decide who may do what on a node, and which keys the node says are its own. */
public final class AccessTables {
    public static final GuardedTable API_KEYS = GuardedTable.of("api_keys", "id");
    public static final GuardedTable CAPABILITY_TOKENS = GuardedTable.of("capability_tokens", "token_id");
    public static final GuardedTable GARDENS = GuardedTable.of("gardens", "id");
    public static final GuardedTable GARDEN_MEMBERS = GuardedTable.of("garden_members", "garden_id", "entity_uri");
    public static final GuardedTable MANIFESTS = GuardedTable.of("federation_manifests", "entity_uri");
    public static final GuardedTable KEY_ROTATIONS = GuardedTable.of("key_rotations", "new_key_id");

    public static final List<GuardedTable> ALL =
            List.of(API_KEYS, CAPABILITY_TOKENS, GARDENS, GARDEN_MEMBERS, MANIFESTS, KEY_ROTATIONS);

    private AccessTables() {}
}
