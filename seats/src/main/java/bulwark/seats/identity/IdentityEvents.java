package bulwark.seats.identity;

import bulwark.kernel.evidence.audit.AuditEventType;
import java.util.List;
import java.util.stream.Stream;

/** What the audit log says of people and their credentials. */
public final class IdentityEvents {
    static final AuditEventType SIGNED_IN = type("signed_in", "a person opened a session");
    static final AuditEventType SIGN_IN_REFUSED = type("sign_in_refused", "a sign-in failed", "reason", "username");
    static final AuditEventType SIGNED_OUT = type("signed_out", "a person ended sessions", "sessions");
    static final AuditEventType STEPPED_UP =
            type("stepped_up", "a person showed their password again", "step_up", "resource");
    static final AuditEventType STEP_UP_REFUSED = type("step_up_refused", "a step-up failed", "step_up");
    static final AuditEventType USER_CREATED = type("user_created", "a user was made", "username", "to_role");
    static final AuditEventType USER_CHANGED =
            type("user_changed", "role or access of a user changed", "from_role", "to_role", "disabled", "sessions");
    static final AuditEventType USER_REMOVED = type("user_removed", "a user was removed", "username", "sessions");
    static final AuditEventType PASSWORD_CHANGED =
            type("password_changed", "a password was replaced", "must_change", "sessions");
    static final AuditEventType CHANGE_DEMANDED =
            type("password_change_demanded", "a password that was published must be replaced", "username");

    public static final List<AuditEventType> ALL = List.of(
            SIGNED_IN,
            SIGN_IN_REFUSED,
            SIGNED_OUT,
            STEPPED_UP,
            STEP_UP_REFUSED,
            USER_CREATED,
            USER_CHANGED,
            USER_REMOVED,
            PASSWORD_CHANGED,
            CHANGE_DEMANDED);

    private IdentityEvents() {}

    private static AuditEventType type(String name, String written, String... members) {
        return AuditEventType.of(
                name,
                written,
                Stream.concat(Stream.of("request_id", "remote"), Stream.of(members))
                        .toArray(String[]::new));
    }
}
