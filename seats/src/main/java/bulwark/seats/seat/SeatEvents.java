package bulwark.seats.seat;

import bulwark.kernel.evidence.audit.AuditEventType;
import java.util.List;
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

    public static final List<AuditEventType> ALL = List.of(
            OPERATOR_CREATED, OPERATOR_CHANGED, SEAT_CREATED, SEAT_REVOKED, SEAT_IN_EXCEPTION, DEPOSIT_DATA_TAKEN);

    private SeatEvents() {}

    private static AuditEventType type(String name, String written, String... members) {
        return AuditEventType.of(
                name,
                written,
                Stream.concat(Stream.of("request_id", "remote"), Stream.of(members))
                        .toArray(String[]::new));
    }
}
