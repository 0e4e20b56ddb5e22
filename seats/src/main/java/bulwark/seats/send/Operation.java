package bulwark.seats.send;

import bulwark.seats.plan.PlanDigest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What became of a plan that was handed over. Immutable.
 *
 * @param errorCode empty while nothing went wrong
 */
public record Operation(
        String id,
        long number,
        PlanDigest plan,
        long seatId,
        String kind,
        Status status,
        long attempts,
        String errorCode,
        String error,
        String actor,
        String createdAt,
        String updatedAt) {
    /** Its course. */
    public enum Status {
        QUEUED,
        RUNNING,
        SUBMITTED,
        CONFIRMED,
        FAILED,
        CANCELLED
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("number", number);
        json.put("planDigest", plan.text());
        json.put("seatId", Long.toString(seatId));
        json.put("kind", kind);
        json.put("status", status.name());
        json.put("attempts", attempts);
        json.put("errorCode", errorCode);
        json.put("error", error);
        json.put("actor", actor);
        json.put("createdAt", createdAt);
        json.put("updatedAt", updatedAt);
        return json;
    }
}
