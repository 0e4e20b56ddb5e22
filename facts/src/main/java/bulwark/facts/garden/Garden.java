package bulwark.facts.garden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A named partition inside a scope. */
record Garden(
        String id,
        String slug,
        String name,
        String scope,
        String description,
        String createdBy,
        String createdAt,
        boolean quarantine) {

    /** @param role admin, writer, reader or quarantine:moderator */
    record Member(String entityUri, String role, String addedBy, String addedAt) {
        Map<String, @Nullable Object> wire() {
            Map<String, @Nullable Object> wire = new LinkedHashMap<>();
            wire.put("entity_uri", entityUri);
            wire.put("role", role);
            wire.put("added_by", addedBy);
            wire.put("added_at", addedAt);
            return wire;
        }
    }

    /** @param authority of the node's URL */
    Map<String, @Nullable Object> wire(String authority, List<Member> members) {
        Map<String, @Nullable Object> wire = new LinkedHashMap<>();
        wire.put("id", id);
        wire.put("garden_id", "stigmem://" + authority + "/garden/" + slug);
        wire.put("slug", slug);
        wire.put("name", name);
        wire.put("scope", scope);
        wire.put("description", description);
        wire.put("created_by", createdBy);
        wire.put("created_at", createdAt);
        List<Object> list = new ArrayList<>();
        for (Member member : members) {
            list.add(member.wire());
        }
        wire.put("members", list);
        wire.put("quarantine", quarantine);
        return wire;
    }
}
