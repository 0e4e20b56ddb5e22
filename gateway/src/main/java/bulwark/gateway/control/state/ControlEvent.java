package bulwark.gateway.control.state;

import bulwark.kernel.evidence.audit.AuditEventType;
import java.util.ArrayList;
import java.util.List;

/** Makes the types of audit rows of changes: each says which object, in which state, and how the request came. */
public final class ControlEvent {
    private static final List<String> MEMBERS =
            List.of("kind", "id", "name", "state", "revision", "objects", "generation");

    private ControlEvent() {}

    /**
     * @param name on the wire, such as {@code api_published}
     * @param written when such a row is written, as one phrase
     * @param more members besides
     */
    public static AuditEventType of(String name, String written, String... more) {
        List<String> members = new ArrayList<>(MEMBERS);
        members.addAll(List.of(ControlActor.REQUEST_MEMBERS));
        members.addAll(List.of(more));
        return AuditEventType.of(name, written, members.toArray(String[]::new));
    }
}
