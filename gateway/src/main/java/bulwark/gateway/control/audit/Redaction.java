package bulwark.gateway.control.audit;

import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.PlatformScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What is shown in place of people whose personal data was erased. The rows of the log stay as they are, so that its chain holds. Immutable. */
final class Redaction {
    static final String USER = "user_id";
    static final String PSEUDONYM = "pseudonym";

    private static final List<String> ADDRESSES = List.of("client_ip", "remote", "email", "user_agent");

    private final Map<String, String> pseudonyms;

    private Redaction(Map<String, String> pseudonyms) {
        this.pseudonyms = pseudonyms;
    }

    static Redaction of(ControlStore store) {
        List<ControlObject> erasures =
                store.read(PlatformScope.ofProcess().ownObjects(), tx -> tx.all(ObjectKind.ERASURE, ObjectFilter.ALL));
        return new Redaction(erasures.stream()
                .collect(Collectors.toMap(each -> each.text(USER), each -> each.text(PSEUDONYM), (one, other) -> one)));
    }

    /** Whom no search may find by name. */
    List<String> erased() {
        return List.copyOf(pseudonyms.keySet());
    }

    String actor(String id) {
        return pseudonyms.getOrDefault(id, id);
    }

    AuditEntry apply(AuditEntry entry) {
        if (pseudonyms.isEmpty()) {
            return entry;
        }
        boolean isErased = pseudonyms.containsKey(String.valueOf(entry.members().get("actor_id")));
        Map<String, Object> members = new LinkedHashMap<>();
        entry.members().forEach((name, value) -> {
            if (!(isErased && ADDRESSES.contains(name))) {
                members.put(name, redacted(name, value));
            }
        });
        return new AuditEntry(entry.seq(), members);
    }

    private Object redacted(String name, Object value) {
        return switch (value) {
            case String text when name.equals("path") -> path(text);
            case String text -> pseudonyms.getOrDefault(text, text);
            case JsonNode node when node.isString() -> pseudonyms.getOrDefault(node.stringValue(), node.stringValue());
            case Map<?, ?> map -> {
                Map<String, Object> members = new LinkedHashMap<>();
                map.forEach((key, each) -> members.put(String.valueOf(key), redacted(String.valueOf(key), each)));
                yield members;
            }
            default -> value;
        };
    }

    private String path(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/", -1)) {
            @Nullable String pseudonym = pseudonyms.get(segment);
            segments.add(pseudonym == null ? segment : pseudonym);
        }
        return String.join("/", segments);
    }
}
