package bulwark.gateway.control.state;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One object of a tenant. Immutable.
 *
 * @param name unique among the tenant's objects of the kind
 * @param state word of the kind's life cycle
 * @param fields JSON members: texts, whole numbers, flags, and lists and objects of them
 * @param revision 1 for a new one, one more with each change
 */
public record ControlObject(
        String tenant,
        ObjectKind kind,
        String id,
        String name,
        String state,
        Map<String, Object> fields,
        long revision,
        Instant created,
        Instant updated) {
    public ControlObject {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** Empty when it is absent. */
    public String text(String field) {
        return fields.get(field) instanceof String text ? text : "";
    }

    public long number(String field, long fallback) {
        return fields.get(field) instanceof Number number ? number.longValue() : fallback;
    }

    public boolean flag(String field) {
        return Boolean.TRUE.equals(fields.get(field));
    }

    public List<String> texts(String field) {
        return fields.get(field) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** A list of objects; empty when it is absent. */
    @SuppressWarnings("unchecked")
    public List<Map<String, Object>> objects(String field) {
        return fields.get(field) instanceof List<?> list ? (List<Map<String, Object>>) list : List.of();
    }

    public Optional<Instant> instant(String field) {
        String text = text(field);
        return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
    }

    /** @param value null takes the field away */
    public ControlObject with(String field, @Nullable Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(fields);
        if (value == null) {
            changed.remove(field);
        } else {
            changed.put(field, value);
        }
        return new ControlObject(tenant, kind, id, name, state, changed, revision, created, updated);
    }

    public ControlObject withFields(Map<String, Object> more) {
        Map<String, Object> changed = new LinkedHashMap<>(fields);
        changed.putAll(more);
        return new ControlObject(tenant, kind, id, name, state, changed, revision, created, updated);
    }

    public ControlObject in(String newState) {
        return new ControlObject(tenant, kind, id, name, newState, fields, revision, created, updated);
    }

    /** In another state. @throws bulwark.web.ApiRefusal when it is in none of these */
    public ControlObject become(String to, Set<String> from) {
        if (!from.contains(state)) {
            throw ObjectRefused.transition("The " + kind.noun() + " is " + state + ", and only one that is "
                    + from.stream().sorted().collect(Collectors.joining(" or ")) + " can become " + to + ".");
        }
        return in(to);
    }

    public ControlObject named(String newName) {
        return new ControlObject(tenant, kind, id, newName, state, fields, revision, created, updated);
    }

    public boolean isIn(String... states) {
        return List.of(states).contains(state);
    }

    ControlObject at(long newRevision, Instant now) {
        return new ControlObject(tenant, kind, id, name, state, fields, newRevision, created, now);
    }

    /** What answers are made of: every field, and what is beside them. */
    public Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", id);
        members.put("tenant_id", tenant);
        members.put("name", name);
        members.put("status", state);
        members.putAll(fields);
        members.put("revision", revision);
        members.put("created_at", created.toString());
        members.put("updated_at", updated.toString());
        return members;
    }

    String document() {
        return bulwark.kernel.json.StrictJson.text(fields);
    }
}
