package bulwark.gateway.control.webhook;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One event on its way to one receiver. Immutable.
 *
 * @param audit id of the row of the audit log that it tells of, which is all of its content
 * @param state {@code pending}, {@code delivered} or {@code dead}
 * @param attempts that were made
 * @param problem of the last attempt; empty for none
 */
record WebhookDelivery(
        String id,
        String tenant,
        String webhook,
        String audit,
        String state,
        int attempts,
        Instant due,
        String problem) {
    static final String PENDING = "pending";
    static final String DELIVERED = "delivered";
    static final String DEAD = "dead";

    /** After the first attempt, the second, and so on: some nine hours together. */
    private static final List<Duration> PAUSES = List.of(
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Duration.ofMinutes(10),
            Duration.ofHours(1),
            Duration.ofHours(8));

    WebhookDelivery taken(Instant now) {
        return new WebhookDelivery(id, tenant, webhook, audit, DELIVERED, attempts + 1, now, "");
    }

    /** Tried again later, or not any more. */
    WebhookDelivery failed(Instant now, String why) {
        boolean isLast = attempts >= PAUSES.size();
        return new WebhookDelivery(
                id,
                tenant,
                webhook,
                audit,
                isLast ? DEAD : PENDING,
                attempts + 1,
                isLast ? now : now.plus(PAUSES.get(attempts)),
                why);
    }

    /** When a receiver that failed at this is called for anything else: after this one's pause, at most a minute. */
    Instant nextOfReceiver(Instant now) {
        Instant limit = now.plus(PAUSES.get(2));
        return state.equals(PENDING) && due.isBefore(limit) ? due : state.equals(PENDING) ? limit : now;
    }

    /** The receiver is gone or switched off. */
    WebhookDelivery dropped(Instant now, String why) {
        return new WebhookDelivery(id, tenant, webhook, audit, DEAD, attempts, now, why);
    }

    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", id);
        members.put("webhook_id", webhook);
        members.put("event_id", audit);
        members.put("status", state);
        members.put("attempts", attempts);
        members.put("due_at", due.toString());
        if (!problem.isEmpty()) {
            members.put("problem", problem);
        }
        return members;
    }
}
