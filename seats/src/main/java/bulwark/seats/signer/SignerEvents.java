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
            "reason",
            "plan",
            "nonce",
            "unrecorded");

    static final AuditEventType LOCAL_KEY_IGNORED = AuditEventType.of(
            "signer_local_key_ignored",
            "the signer started with a local key beside one in KMS or a token, and did not read it",
            "backend");

    static final AuditEventType KEY_GENERATED = AuditEventType.of(
            "validator_key_generated",
            "a key of a validator was derived from the mnemonic, in the signer's own log; its row is there before it is handed out",
            "index",
            "vault",
            "beneficiary");

    public static final List<AuditEventType> ALL = List.of(RESERVED, REFUSED, LOCAL_KEY_IGNORED, KEY_GENERATED);

    private SignerEvents() {}
}
