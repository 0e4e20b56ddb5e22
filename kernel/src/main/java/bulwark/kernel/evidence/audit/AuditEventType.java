package bulwark.kernel.evidence.audit;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a part says of one kind of its audit events: the only way to make an event of it, and a line of the reference.
 *
 * @param name event type on the wire, for instance {@code quota_breach}
 * @param action member {@code action} of the detail, which tells kinds of one name apart; empty when there is none
 * @param written when such a row is written, as one phrase
 * @param members all that its detail may hold, {@code action} too
 */
public record AuditEventType(String name, String action, String written, List<String> members) {
    public static AuditEventType of(String name, String written, String... members) {
        return new AuditEventType(name, "", written, List.of(members));
    }

    /** One of several kinds of a name. */
    public static AuditEventType ofAction(String name, String action, String written, String... members) {
        List<String> all = new java.util.ArrayList<>(List.of("action"));
        all.addAll(List.of(members));
        return new AuditEventType(name, action, written, List.copyOf(all));
    }

    /** As {@link AuditEvent}. A member of the detail that is not declared fails an assertion, so that a test finds it and no user does. */
    public AuditEvent event(
            @Nullable String actor,
            String tenant,
            @Nullable String subject,
            @Nullable String source,
            Map<String, ? extends @Nullable Object> detail) {
        assert members.containsAll(detail.keySet()) : name + " " + action + " does not declare " + detail.keySet();
        assert action.isEmpty() || action.equals(detail.get("action")) : name + " is declared with action " + action;
        return new AuditEvent(name, actor, tenant, subject, source, detail);
    }
}
