package bulwark.gateway.control.subscription;

import bulwark.gateway.control.state.ControlObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** The life of a subscription: asked for, approved or rejected, and ended. */
public enum SubscriptionStatus {
    PENDING,
    ACTIVE,
    SUSPENDED,
    REVOKED,
    /** Active or suspended, and beyond its end. */
    EXPIRED,
    REJECTED;

    /** As requests and answers have them. */
    public static final List<String> WORDS =
            java.util.Arrays.stream(values()).map(SubscriptionStatus::word).toList();

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What holds now: the stored state knows nothing of the time. */
    public static SubscriptionStatus of(ControlObject subscription, Instant now) {
        SubscriptionStatus stored = valueOf(subscription.state().toUpperCase(Locale.ROOT));
        boolean ended = subscription
                .instant(SubscriptionResource.EXPIRES)
                .map(end -> !now.isBefore(end))
                .orElse(false);
        return ended && (stored == ACTIVE || stored == SUSPENDED) ? EXPIRED : stored;
    }
}
