package bulwark.gateway.control.subscription;

import bulwark.gateway.control.rest.BulkCall;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.possession.SecurityProfile;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What bodies and answers about subscriptions have. */
final class SubscriptionSchema {
    static final int MAX_BULK = 50;
    static final int MAX_GRACE_HOURS = 168;
    static final List<String> PROFILES = Arrays.stream(SecurityProfile.values())
            .map(profile -> profile.name().toLowerCase(Locale.ROOT))
            .toList();

    static final BodySchema DRAFT = BodySchema.of("SubscriptionDraft")
            .requiredText("api_id", 64)
            .requiredText("plan_id", 64)
            .requiredText("consumer_id", 64)
            .choice("security_profile", PROFILES.toArray(String[]::new));
    static final BodySchema VIEW = ObjectSchema.of(
            "Subscription",
            DRAFT.and(
                    "Subscription",
                    BodySchema.of("More")
                            .text("requested_by", 200)
                            .text("approved_by", 200)
                            .text("reason", 500)
                            .text("api_key_prefix", 16)
                            .time("expires_at")));
    static final BodySchema ISSUED =
            VIEW.and("NewSubscription", BodySchema.of("Key").text("api_key", 64));
    static final BodySchema REASON = BodySchema.of("Reason").text("reason", 500);
    static final BodySchema ROTATION = BodySchema.of("KeyRotation").number("grace_period_hours", 1, MAX_GRACE_HOURS);
    static final BodySchema ROTATED = BodySchema.of("KeyRotationResult")
            .text("subscription_id", 64)
            .text("new_api_key", 64)
            .text("new_api_key_prefix", 16)
            .time("old_key_expires_at")
            .number("grace_period_hours", 1, MAX_GRACE_HOURS)
            .number("rotation_count", 0, Long.MAX_VALUE);
    static final BodySchema ROTATION_INFO = BodySchema.of("KeyRotationInfo")
            .text("subscription_id", 64)
            .text("api_key_prefix", 16)
            .flag("has_previous_key")
            .time("previous_key_expires_at")
            .number("rotation_count", 0, Long.MAX_VALUE)
            .time("last_rotated_at");
    static final BodySchema TTL = BodySchema.of("TimeToLive").requiredNumber("ttl_days", 7, 14);
    static final BodySchema BULK = BodySchema.of("BulkAction")
            .requiredTexts("subscription_ids", MAX_BULK, List.of())
            .requiredChoice("action", "approve", "reject", "suspend", "reactivate", "revoke");
    static final BodySchema BULK_RESULT = BulkCall.schema(
            "BulkResult", "subscription_id", MAX_BULK, BodySchema.of("Status").text("status", 40));
    static final BodySchema STATS = BodySchema.of("SubscriptionStats")
            .number("total", 0, Long.MAX_VALUE)
            .object("by_status", byStatus());

    private SubscriptionSchema() {}

    private static BodySchema byStatus() {
        BodySchema schema = BodySchema.of("SubscriptionCounts");
        for (String word : SubscriptionStatus.WORDS) {
            schema = schema.number(word, 0, Long.MAX_VALUE);
        }
        return schema;
    }
}
