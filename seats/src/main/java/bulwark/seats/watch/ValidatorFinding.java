package bulwark.seats.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one look at the consensus layer means for one seat. Used by one thread. */
final class ValidatorFinding {
    private final List<Alert> alerts = new ArrayList<>();
    private @Nullable Move move;
    private @Nullable ValidatorRow observed;

    /** A state that the seat should have. Immutable. */
    record Move(String to, Map<String, String> evidence) {}

    void alert(Alert alert) {
        alerts.add(alert);
    }

    void move(String to, Map<String, String> evidence) {
        move = new Move(to, evidence);
    }

    void observed(ValidatorRow row) {
        observed = row;
    }

    List<Alert> alerts() {
        return List.copyOf(alerts);
    }

    @Nullable
    Move move() {
        return move;
    }

    @Nullable
    ValidatorRow observed() {
        return observed;
    }
}
