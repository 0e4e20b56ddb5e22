package bulwark.seats.signer;

import bulwark.kernel.evidence.audit.AuditEventType;
import java.util.List;

/** What the audit log of the signer's own journal says. */
public final class SignerEvents {
    static final AuditEventType RESERVED = AuditEventType.of(
            "signing_reserved",
            "a transaction was about to be signed, in the signer's own log",
            "plan",
            "kind",
            "nonce",
            "attempt",
            "rule",
            "sentence",
            "approvers");
    static final AuditEventType REFUSED = AuditEventType.of(
            "signing_refused",
            "a request to sign was refused, in the signer's own log; 100 a minute of each code have a row",
            "code",
            "plan",
            "nonce",
            "unrecorded");

    public static final List<AuditEventType> ALL = List.of(RESERVED, REFUSED);

    private SignerEvents() {}
}
