package bulwark.seats.seat;

import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditEventType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the audit log says of operators and seats. */
public final class SeatEvents {
    static final AuditEventType OPERATOR_CREATED = type("operator_created", "an operator was made", "name");
    static final AuditEventType OPERATOR_CHANGED =
            type("operator_changed", "an operator was changed", "name", "status");
    static final AuditEventType SEAT_CREATED =
            type("seat_created", "a seat was made", "pubkey", "withdrawal_credentials", "operator");
    static final AuditEventType SEAT_REVOKED = type("seat_revoked", "a seat was revoked", "from_state", "reason");
    static final AuditEventType SEAT_IN_EXCEPTION =
            type("seat_in_exception", "a seat was put where only a person gets it out", "from_state", "reason");
    static final AuditEventType DEPOSIT_DATA_TAKEN =
            type("deposit_data_taken", "verified deposit data was stored for a seat", "data_root", "fork_version");
    public static final AuditEventType KEY_GENERATED =
            type("seat_key_generated", "a seat got a key that the signer made", "index", "pubkey");

    static final AuditEventType KEYSTORE_READ =
            type("seat_keystore_read", "an administrator was given the encrypted key of a seat", "pubkey");

    /** Of what was seen on a chain. */
    private static final AuditEventType SEAT_MOVED = AuditEventType.of(
            "seat_moved",
            "a seat changed its state because of what was seen on the chain",
            "from_state",
            "to_state",
            "reason",
            "evidence");

    private static final AuditEventType SETTLEMENT_MOVED = AuditEventType.of(
            "settlement_moved",
            "a vault showed another phase of its settlement in a block that two labels call safe",
            "from_phase",
            "to_phase",
            "balance_wei",
            "block_number",
            "block_hash");

    public static final List<AuditEventType> ALL = List.of(
            OPERATOR_CREATED,
            OPERATOR_CHANGED,
            SEAT_CREATED,
            SEAT_REVOKED,
            SEAT_IN_EXCEPTION,
            DEPOSIT_DATA_TAKEN,
            KEY_GENERATED,
            KEYSTORE_READ,
            SEAT_MOVED,
            SETTLEMENT_MOVED);

    private SeatEvents() {}

    /** @param actor the process that saw it @param evidence as it stands with the transition */
    public static AuditEvent moved(String actor, long seat, String from, String to, Map<String, String> evidence) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("from_state", from);
        detail.put("to_state", to);
        detail.put("reason", evidence.getOrDefault("reason", ""));
        detail.put("evidence", evidence);
        return SEAT_MOVED.event(actor, "default", "seat:" + seat, null, detail);
    }

    /** @param actor the process that saw it @param detail both phases, the balance and the block */
    public static AuditEvent settlementMoved(String actor, long seat, Map<String, ?> detail) {
        return SETTLEMENT_MOVED.event(actor, "default", "seat:" + seat, null, detail);
    }

    private static AuditEventType type(String name, String written, String... members) {
        return AuditEventType.of(
                name,
                written,
                Stream.concat(Stream.of("request_id", "remote"), Stream.of(members))
                        .toArray(String[]::new));
    }
}
