package bulwark.seats.route;

import bulwark.kernel.access.Authentication.Method;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request after every look that its route asks for, with the fields that its rules know. Immutable.
 *
 * @param fields of the body, each as its rule has it
 * @param parameters of the query
 */
public record Call(Request request, Map<String, Object> fields, Map<String, String> parameters) {
    /** Of every audit row that a call leaves. */
    public static final List<String> MEMBERS = List.of("request_id", "remote", "role");

    private static final String TENANT = "default";
    private static final String USER = "user:";

    /** A required text. */
    public String text(String name) {
        return String.valueOf(fields.get(name));
    }

    public Optional<String> optionalText(String name) {
        return Optional.ofNullable((String) fields.get(name));
    }

    public Optional<Boolean> flag(String name) {
        return Optional.ofNullable((Boolean) fields.get(name));
    }

    @SuppressWarnings("unchecked")
    public List<String> texts(String name) {
        return (List<String>) fields.getOrDefault(name, List.of());
    }

    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    public long number(String name, long fallback) {
        return parameter(name).map(Long::parseLong).orElse(fallback);
    }

    public Principal caller() {
        return request.principal();
    }

    /** Of a person with a session. */
    public String userId() {
        return caller().entityUri().substring(USER.length());
    }

    /** How evidence names a user. */
    public static String actor(String userId) {
        return USER + userId;
    }

    public String sessionId() {
        return String.valueOf(caller().keyId());
    }

    public boolean hasSession() {
        return caller().authentication().method() == Method.SESSION;
    }

    /** An event of this caller about a thing, with where it came from. */
    public AuditEvent event(AuditEventType type, @Nullable String subject, Map<String, ?> more) {
        return eventOf(type, request.principal().entityUri(), subject, more);
    }

    /** As {@link #event}, on an open route. */
    public AuditEvent eventOf(
            AuditEventType type, @Nullable String actor, @Nullable String subject, Map<String, ?> more) {
        Map<String, Object> detail = new LinkedHashMap<>(more);
        if (!type.action().isEmpty()) {
            detail.put("action", type.action());
        }
        detail.put("request_id", request.requestId());
        detail.put("remote", request.remote());
        return type.event(actor, TENANT, subject, null, detail);
    }
}
