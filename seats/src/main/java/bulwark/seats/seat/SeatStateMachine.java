package bulwark.seats.seat;

import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The only place where a seat changes its state. Which ways there are, and what must be kept with each, is a table; a change is one row of the seat, one of
 * its transitions and one of the audit log, in the transaction of the caller. Thread-safe.
 */
public final class SeatStateMachine {
    public static final String CREATED = "CREATED";
    public static final String ALLOWLISTED = "ALLOWLISTED";
    public static final String DEPOSITED = "DEPOSITED";
    public static final String SEEN_BY_CL = "SEEN_BY_CL";
    public static final String ACTIVE = "ACTIVE";
    public static final String EXCEPTION = "EXCEPTION";
    public static final String REVOKED = "REVOKED";

    /** Each state, in the order of a life. */
    public static final List<String> STATES =
            List.of(CREATED, ALLOWLISTED, DEPOSITED, SEEN_BY_CL, ACTIVE, EXCEPTION, REVOKED);

    private static final String[] SEEN = {
        "cl_validator_index",
        "pubkey",
        "cl_state_id",
        "cl_finalized_epoch",
        "cl_observed_slot",
        "cl_header_root",
        "cl_observed_at_ms"
    };

    private static final Map<Edge, Set<String>> EDGES = edges();

    /** @param from null for a seat that is made */
    private record Edge(@Nullable String from, String to) {}

    private final AuditLog audit;
    private final Clock clock;

    public SeatStateMachine(AuditLog audit, Clock clock) {
        this.audit = audit;
        this.clock = clock;
    }

    private static Map<Edge, Set<String>> edges() {
        Map<Edge, Set<String>> edges = new LinkedHashMap<>();
        put(edges, null, CREATED, "pubkey", "withdrawal_credentials");
        put(
                edges,
                CREATED,
                ALLOWLISTED,
                "approve_tx_hash",
                "approve_block_number",
                "approve_block_hash",
                "intent_hash",
                "epoch");
        put(edges, ALLOWLISTED, CREATED, "removal_tx_hash");
        put(
                edges,
                ALLOWLISTED,
                DEPOSITED,
                "deposit_tx_hash",
                "deposit_block_number",
                "deposit_block_hash",
                "pubkey",
                "withdrawal_credentials");
        put(edges, DEPOSITED, SEEN_BY_CL, SEEN);
        put(edges, SEEN_BY_CL, ACTIVE, SEEN);
        edges.merge(new Edge(SEEN_BY_CL, ACTIVE), Set.of("cl_activation_epoch"), SeatStateMachine::both);
        for (String from : List.of(CREATED, ALLOWLISTED, DEPOSITED, SEEN_BY_CL, ACTIVE)) {
            put(edges, from, EXCEPTION, "reason");
        }
        for (String from : List.of(CREATED, ACTIVE, EXCEPTION)) {
            put(edges, from, REVOKED, "reason");
        }
        put(edges, ALLOWLISTED, REVOKED, "reason", "removal_tx_hash");
        return Map.copyOf(edges);
    }

    private static void put(Map<Edge, Set<String>> edges, @Nullable String from, String to, String... evidence) {
        edges.put(new Edge(from, to), Set.of(evidence));
    }

    private static Set<String> both(Set<String> left, Set<String> right) {
        Set<String> both = new HashSet<>(left);
        both.addAll(right);
        return Set.copyOf(both);
    }

    /** Whether a seat may go this way. @param from null for a seat that is made */
    public static boolean allows(@Nullable String from, String to) {
        return EDGES.containsKey(new Edge(from, to));
    }

    /** What must be kept with this way; empty where there is no such way. */
    public static Optional<Set<String>> evidence(@Nullable String from, String to) {
        return Optional.ofNullable(EDGES.get(new Edge(from, to)));
    }

    /** Inserts a seat that is {@code CREATED}. @param said the audit row, whose actor is the transition's too */
    public void create(WriteTx tx, Seat seat, Map<String, String> evidence, AuditEvent said, String requestId)
            throws SQLException {
        require(null, seat.status(), evidence);
        SeatTable.insert(tx, seat);
        SeatTable.transition(
                tx, seat.id(), seat.version(), null, seat.status(), evidence, actor(said), requestId, now());
        audit.append(tx, said);
    }

    /**
     * Moves a seat. What was observed before is observed again and changes nothing.
     *
     * @param id of a seat that is there
     * @param from that the caller decided by; another state by now is refused
     * @param said the audit row
     * @return whether anything changed: false where the seat is in that state already
     * @throws TransitionRefused when there is no such way, when evidence is missing, or when the seat moved meanwhile; nothing was written
     */
    public boolean move(
            WriteTx tx,
            long id,
            String from,
            String to,
            Map<String, String> evidence,
            AuditEvent said,
            String requestId)
            throws SQLException {
        Seat seat = SeatTable.byId(tx, id).orElseThrow(() -> new TransitionRefused("there is no seat " + id));
        if (seat.status().equals(to)) {
            return false;
        }
        if (!seat.status().equals(from)) {
            throw new TransitionRefused("seat " + id + " is " + seat.status() + " by now, and no longer " + from);
        }
        require(from, to, evidence);
        String now = now();
        SeatTable.setStatus(tx, seat, to, now);
        SeatTable.transition(tx, id, seat.version() + 1, from, to, evidence, actor(said), requestId, now);
        audit.append(tx, said);
        return true;
    }

    private String now() {
        return Timestamps.zulu(clock.instant());
    }

    private static String actor(AuditEvent said) {
        String actor = said.actor();
        return actor == null ? "unknown" : actor;
    }

    private static void require(@Nullable String from, String to, Map<String, String> evidence) {
        Set<String> needed = EDGES.get(new Edge(from, to));
        if (needed == null) {
            throw new TransitionRefused("no seat goes from " + from + " to " + to);
        }
        for (String member : needed) {
            if (evidence.getOrDefault(member, "").isBlank()) {
                throw new TransitionRefused("the way from " + from + " to " + to + " needs the evidence " + member);
            }
        }
    }

    /** A state does not change this way. */
    public static final class TransitionRefused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TransitionRefused(String sentence) {
            super(sentence, null, false, false);
        }
    }
}
