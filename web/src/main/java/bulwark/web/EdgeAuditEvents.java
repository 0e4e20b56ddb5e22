package bulwark.web;

import static bulwark.kernel.evidence.audit.AuditEventType.of;

import bulwark.kernel.evidence.audit.AuditEventType;
import java.util.List;

/** The audit events of {@link AuditedRoutes}: a part that uses it declares them among its own. */
public final class EdgeAuditEvents {
    static final AuditEventType ACCESS_REFUSED = of(
            "access_refused", "a known caller was refused before the handler of the route", "code", "method", "path");
    static final AuditEventType AUTHENTICATION_FAILED = of(
            "authentication_failed",
            "a caller gave no API key, or one that is not accepted",
            "reason",
            "remote",
            "method",
            "path",
            "key_id");
    static final AuditEventType REQUEST_REFUSED =
            of("request_refused", "the handler of a route refused a known caller", "code", "method", "path");
    static final AuditEventType QUOTA_BREACH =
            of("quota_breach", "a caller had used up a quota", "dimension", "path", "method", "retry_after");
    static final AuditEventType PEER_REFUSED =
            of("peer_refused", "a TLS peer was refused in the handshake", "reason", "remote");

    public static final List<AuditEventType> ALL =
            List.of(ACCESS_REFUSED, AUTHENTICATION_FAILED, REQUEST_REFUSED, QUOTA_BREACH, PEER_REFUSED);

    private EdgeAuditEvents() {}
}
