package bulwark.gateway.control.subscription;

import static bulwark.gateway.control.subscription.SubscriptionStatus.ACTIVE;
import static bulwark.gateway.control.subscription.SubscriptionStatus.EXPIRED;
import static bulwark.gateway.control.subscription.SubscriptionStatus.PENDING;
import static bulwark.gateway.control.subscription.SubscriptionStatus.REJECTED;
import static bulwark.gateway.control.subscription.SubscriptionStatus.REVOKED;
import static bulwark.gateway.control.subscription.SubscriptionStatus.SUSPENDED;

import bulwark.gateway.control.identity.ObjectCredential;
import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.ApiRefusal;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What may be done to a subscription, from which states, and to which one it leads. */
enum SubscriptionTransition {
    APPROVE(
            "approve",
            Permission.SUBSCRIPTIONS_APPROVE,
            EnumSet.of(PENDING),
            ACTIVE,
            ControlEvent.of("subscription_approved", "a subscription was approved: its key works", "reason"),
            "Approve a subscription that was asked for."),
    REJECT(
            "reject",
            Permission.SUBSCRIPTIONS_APPROVE,
            EnumSet.of(PENDING),
            REJECTED,
            ControlEvent.of("subscription_rejected", "a subscription was rejected", "reason"),
            "Reject a subscription that was asked for."),
    SUSPEND(
            "suspend",
            Permission.SUBSCRIPTIONS_SUSPEND,
            EnumSet.of(ACTIVE),
            SUSPENDED,
            ControlEvent.of("subscription_suspended", "a subscription was suspended: its key works no more", "reason"),
            "Suspend an active subscription."),
    REACTIVATE(
            "reactivate",
            Permission.SUBSCRIPTIONS_SUSPEND,
            EnumSet.of(SUSPENDED),
            ACTIVE,
            ControlEvent.of("subscription_reactivated", "a suspended subscription was activated again", "reason"),
            "Activate a suspended subscription again."),
    REVOKE(
            "revoke",
            Permission.SUBSCRIPTIONS_REVOKE,
            EnumSet.of(PENDING, ACTIVE, SUSPENDED, EXPIRED),
            REVOKED,
            ControlEvent.of("subscription_revoked", "a subscription was revoked for good", "reason"),
            "Revoke a subscription, for good.");

    static final List<AuditEventType> EVENTS =
            Stream.of(values()).map(transition -> transition.event).toList();

    private final String verb;
    private final Permission permission;
    private final Set<SubscriptionStatus> from;
    private final SubscriptionStatus to;
    private final AuditEventType event;
    private final String summary;

    SubscriptionTransition(
            String verb,
            Permission permission,
            EnumSet<SubscriptionStatus> from,
            SubscriptionStatus to,
            AuditEventType event,
            String summary) {
        this.verb = verb;
        this.permission = permission;
        this.from = from;
        this.to = to;
        this.event = event;
        this.summary = summary;
    }

    static SubscriptionTransition ofVerb(String verb) {
        return Stream.of(values())
                .filter(each -> each.verb.equals(verb))
                .findFirst()
                .orElseThrow();
    }

    Permission permission() {
        return permission;
    }

    /** @param one path of one subscription */
    ControlOperation operation(String one) {
        return ControlOperation.permitted("POST", one + "/" + verb, permission, summary);
    }

    /** @param reason empty for none */
    ControlObject carryOut(ControlStore store, ControlCall call, String id, String reason) {
        return store.change(call.scope(), call.actor(), event, change -> {
            ControlObject subscription = change.require(ObjectKind.SUBSCRIPTION, id);
            SubscriptionStatus now = SubscriptionStatus.of(subscription, change.now());
            if (!from.contains(now)) {
                throw refusal(now);
            }
            ControlObject next = subscription.in(to.word());
            if (this == APPROVE) {
                next = next.with("approved_by", call.caller().entityUri());
            }
            if (!reason.isEmpty()) {
                next = next.with("reason", reason);
                change.note("reason", reason);
            }
            return to == REVOKED || to == REJECTED ? ObjectCredential.endAll(change, next) : change.update(next);
        });
    }

    /** Approval and rejection of what does not wait for them is a wrong request, not a conflict: so has it the format. */
    private ApiRefusal refusal(SubscriptionStatus now) {
        String sentence = "The subscription is " + now.word() + ", and only one that is "
                + from.stream().map(SubscriptionStatus::word).collect(Collectors.joining(" or ")) + " can become "
                + to.word() + ".";
        return this == APPROVE || this == REJECT
                ? new ApiRefusal(ApiRefusal.Kind.MALFORMED, "not_pending", sentence)
                : ObjectRefused.transition(sentence);
    }
}
