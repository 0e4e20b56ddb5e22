package bulwark.seats.seat;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a list of seats is narrowed by. Immutable. Statements are kept by their text, so there are few texts: one for each single condition, and one for each condition that stands before others.
 */
final class SeatFilter {
    private static final String PENDING = "('QUEUED', 'RUNNING', 'SUBMITTED')";

    /** The ones that leave the fewest seats come first: an index serves the first that is given. */
    enum Condition {
        SEAT("id", "BIGINT"),
        PUBKEY("pubkey", "TEXT"),
        VAULT("vault_address", "TEXT"),
        BENEFICIARY("beneficiary", "TEXT"),
        PENDING_OPERATION(flag("id IN (SELECT seat_id FROM operations WHERE status IN " + PENDING + ")"), "INTEGER"),
        FAILED_OPERATION(flag("id IN (SELECT seat_id FROM operations WHERE status = 'FAILED')"), "INTEGER"),
        STATUS("status", "TEXT"),
        OPERATOR("operator_id", "BIGINT"),
        HAS_PUBKEY(flag("pubkey IS NOT NULL"), "INTEGER");

        private final String expression;
        private final String type;

        Condition(String expression, String type) {
            this.expression = expression;
            this.type = type;
        }

        private static String flag(String condition) {
            return "CASE WHEN " + condition + " THEN 1 ELSE 0 END";
        }
    }

    static final SeatFilter NONE = new SeatFilter(new EnumMap<>(Condition.class));

    private final EnumMap<Condition, Object> values;

    private SeatFilter(EnumMap<Condition, Object> values) {
        this.values = values;
    }

    /** @param value a text, a number or a flag; null for no matter */
    SeatFilter with(Condition condition, @Nullable Object value) {
        if (value == null) {
            return this;
        }
        EnumMap<Condition, Object> more = new EnumMap<>(values);
        more.put(condition, value instanceof Boolean flag ? (Object) (flag ? 1 : 0) : value);
        return new SeatFilter(more);
    }

    /** A condition that may follow WHERE or AND. */
    String condition() {
        if (values.isEmpty()) {
            return "1 = 1";
        }
        Condition first = values.keySet().iterator().next();
        StringBuilder text = new StringBuilder(first.expression).append(" = ?");
        if (values.size() > 1) {
            for (Condition other : Condition.values()) {
                if (other != first) {
                    text.append(" AND (CAST(? AS ")
                            .append(other.type)
                            .append(") IS NULL OR ")
                            .append(other.expression)
                            .append(" = ?)");
                }
            }
        }
        return text.toString();
    }

    /** @return index of the parameter that follows */
    int bind(PreparedStatement statement) throws SQLException {
        if (values.isEmpty()) {
            return 1;
        }
        Map.Entry<Condition, Object> first = values.entrySet().iterator().next();
        int next = 1;
        statement.setObject(next++, first.getValue());
        if (values.size() > 1) {
            for (Condition other : Condition.values()) {
                if (other != first.getKey()) {
                    statement.setObject(next++, values.get(other));
                    statement.setObject(next++, values.get(other));
                }
            }
        }
        return next;
    }
}
