package bulwark.gateway.control.subscription;

import static bulwark.gateway.control.subscription.SubscriptionStatus.ACTIVE;
import static bulwark.gateway.control.subscription.SubscriptionStatus.PENDING;
import static bulwark.gateway.control.subscription.SubscriptionStatus.REJECTED;
import static bulwark.gateway.control.subscription.SubscriptionStatus.REVOKED;
import static bulwark.gateway.control.subscription.SubscriptionStatus.SUSPENDED;

import bulwark.gateway.apikey.ConsumerKeyText;
import bulwark.gateway.control.identity.ObjectCredential;
import bulwark.gateway.control.plan.PlanResource;
import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectFilter.Reference;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectPage;
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.control.state.TenantChange;
import bulwark.gateway.control.state.TenantReader;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.UuidV7;
import bulwark.web.Response;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code /v1/subscriptions}: a consumer's right to call one API under one plan, with a key of its own. Who asks for it sees the key, once; who approves it never does, and until then
 * the key opens nothing.
 */
public final class SubscriptionResource {
    /** Field: the end of the subscription. */
    public static final String EXPIRES = "expires_at";

    /** Fields: ids of what it is made of. */
    public static final String API = "api_id";

    public static final String PLAN = "plan_id";
    public static final String CONSUMER = "consumer_id";
    public static final String PROFILE = "security_profile";

    private static final AuditEventType CREATED =
            ControlEvent.of("subscription_requested", "a subscription was asked for, and its key shown once");
    private static final AuditEventType TTL_SET = ControlEvent.of("subscription_ttl_set", "a subscription got an end");
    private static final AuditEventType ROTATED =
            ControlEvent.of("subscription_key_rotated", "the key of a subscription was replaced", "grace_period_hours");

    public static final List<AuditEventType> EVENTS = java.util.stream.Stream.concat(
                    java.util.stream.Stream.of(CREATED, TTL_SET, ROTATED), SubscriptionTransition.EVENTS.stream())
            .toList();

    private static final int DEFAULT_GRACE_HOURS = 24;
    private static final String ALL = "/v1/subscriptions";
    private static final String ONE = ALL + "/{id}";

    private final ControlStore store;
    private final Signing signing;

    public SubscriptionResource(ControlStore store, Signing signing) {
        this.store = store;
        this.signing = signing;
    }

    public List<ControlOperation> operations() {
        List<ControlOperation> operations = new java.util.ArrayList<>(List.of(
                ControlOperation.permitted("GET", ALL, Permission.APPS_READ, "List the subscriptions of a tenant.")
                        .ofCallersTenant()
                        .choice("status", List.of("pending", "active", "suspended", "revoked", "rejected"))
                        .text("consumer_id", 64)
                        .pages(SubscriptionSchema.VIEW)
                        .handledBy(this::list),
                ControlOperation.permitted(
                                "POST",
                                ALL,
                                Permission.SUBSCRIPTIONS_CREATE,
                                "Ask for a subscription; its key is shown once and works once it is approved.")
                        .ofCallersTenant()
                        .takes(SubscriptionSchema.DRAFT)
                        .conflicts()
                        .answers(201, SubscriptionSchema.ISSUED)
                        .handledBy(this::create),
                ControlOperation.permitted(
                                "GET",
                                ALL + "/stats",
                                Permission.APPS_READ,
                                "Count the subscriptions of a tenant by status.")
                        .ofCallersTenant()
                        .answers(200, SubscriptionSchema.STATS)
                        .handledBy(this::stats),
                ControlOperation.permitted(
                                "POST",
                                ALL + "/bulk",
                                Permission.SUBSCRIPTIONS_APPROVE,
                                "Do the same to up to 50 subscriptions, each by itself.")
                        .ofCallersTenant()
                        .takes(SubscriptionSchema.BULK)
                        .answers(200, SubscriptionSchema.BULK_RESULT)
                        .handledBy(call -> Response.json(200, new BulkAction(store, call).run())),
                ControlOperation.permitted("GET", ONE, Permission.APPS_READ, "Show a subscription.")
                        .ofCallersTenant()
                        .answers(200, SubscriptionSchema.VIEW)
                        .handledBy(call -> Response.json(200, view(find(call)))),
                ControlOperation.permitted(
                                "POST",
                                ONE + "/ttl",
                                Permission.SUBSCRIPTIONS_SUSPEND,
                                "Let an active subscription end in 7 or 14 days.")
                        .ofCallersTenant()
                        .takes(SubscriptionSchema.TTL)
                        .conflicts()
                        .answers(200, SubscriptionSchema.VIEW)
                        .handledBy(this::ttl),
                ControlOperation.permitted(
                                "POST",
                                ONE + "/rotate-key",
                                Permission.SUBSCRIPTIONS_ROTATE,
                                "Replace the key; the one before it works until the grace is over.")
                        .ofCallersTenant()
                        .bySubscriptionKey()
                        .takes(SubscriptionSchema.ROTATION)
                        .conflicts()
                        .answers(200, SubscriptionSchema.ROTATED)
                        .handledBy(this::rotate),
                ControlOperation.permitted(
                                "GET",
                                ONE + "/rotation-info",
                                Permission.SUBSCRIPTIONS_ROTATE,
                                "Tell what may be told of the keys.")
                        .ofCallersTenant()
                        .bySubscriptionKey()
                        .answers(200, SubscriptionSchema.ROTATION_INFO)
                        .handledBy(this::rotationInfo)));
        for (SubscriptionTransition transition : SubscriptionTransition.values()) {
            operations.add(transition
                    .operation(ONE)
                    .ofCallersTenant()
                    .takes(SubscriptionSchema.REASON)
                    .conflicts()
                    .answers(200, SubscriptionSchema.VIEW)
                    .handledBy(call -> Response.json(
                            200, view(transition.carryOut(store, call, call.path("id"), call.text("reason"))))));
        }
        return operations;
    }

    private Map<String, Object> view(ControlObject subscription) {
        return SubscriptionSchema.VIEW.view(members(subscription));
    }

    private Map<String, Object> members(ControlObject subscription) {
        Map<String, Object> members = subscription.members();
        members.put(
                "status",
                SubscriptionStatus.of(subscription, store.clock().instant()).word());
        ObjectCredential.live(subscription, store.clock().instant()).stream()
                .findFirst()
                .ifPresent(key -> members.put("api_key_prefix", String.valueOf(key.get("prefix"))));
        return members;
    }

    private ControlObject find(ControlCall call) {
        return store.read(call.scope(), tx -> require(tx, call));
    }

    /** A subscription's own key reaches that subscription alone: any other is as if there were none. */
    private static ControlObject require(TenantReader tx, ControlCall call) throws SQLException {
        ControlObject found = tx.require(ObjectKind.SUBSCRIPTION, call.path("id"));
        if (!call.caller().reaches(ObjectKind.SUBSCRIPTION.word() + "/" + found.id())) {
            throw ObjectRefused.absent(ObjectKind.SUBSCRIPTION);
        }
        return found;
    }

    private Response list(ControlCall call) {
        Optional<Reference> consumer = call.query(CONSUMER).map(id -> new Reference(ObjectKind.CONSUMER, id));
        ObjectFilter filter = new ObjectFilter(call.query("status").orElse(null), consumer.orElse(null));
        ObjectPage page = store.read(call.scope(), tx -> tx.page(ObjectKind.SUBSCRIPTION, filter, call.page()));
        return Response.json(200, page.members(this::view));
    }

    /** What answers to a new subscription have. */
    public static BodySchema issuedSchema() {
        return SubscriptionSchema.ISSUED;
    }

    private Response create(ControlCall call) {
        return subscribe(call, call.text(CONSUMER));
    }

    /** Asks for a subscription of this consumer, with API and plan of the body. */
    public Response subscribe(ControlCall call, String consumerId) {
        ObjectCredential key = ObjectCredential.fresh(
                signing, ConsumerKeyText.SUBSCRIPTION, store.clock().instant());
        ControlObject made = store.change(call.scope(), call.actor(), CREATED, change -> {
            ControlObject api = named(change, ObjectKind.API, call.text(API), API);
            ControlObject plan = named(change, ObjectKind.PLAN, call.text(PLAN), PLAN);
            ControlObject consumer = named(change, ObjectKind.CONSUMER, consumerId, CONSUMER);
            requireUsable(api, "published");
            requireUsable(plan, "active");
            requireUsable(consumer, "active");
            requireNone(change, api, consumer);
            boolean approved = isApprovedAtOnce(plan, call);
            Map<String, Object> fields = new LinkedHashMap<>(call.body());
            fields.put(CONSUMER, consumer.id());
            fields.putIfAbsent(PROFILE, "api_key");
            fields.put("requested_by", call.caller().entityUri());
            if (approved) {
                fields.put("approved_by", "plan");
            }
            fields.put(ObjectCredential.FIELD, key.asFirst(change.now()));
            String id = UuidV7.next(change.now());
            ControlObject subscription = change.create(
                    ObjectKind.SUBSCRIPTION,
                    id,
                    id,
                    (approved ? ACTIVE : PENDING).word(),
                    fields,
                    List.of(
                            new Reference(ObjectKind.API, api.id()),
                            new Reference(ObjectKind.PLAN, plan.id()),
                            new Reference(ObjectKind.CONSUMER, consumer.id())),
                    ObjectKind.SUBSCRIPTION.maxPerTenant());
            ObjectCredential.index(change, subscription);
            return subscription;
        });
        Map<String, Object> answer = new LinkedHashMap<>(members(made));
        answer.put("api_key", key.shown());
        return Response.json(201, SubscriptionSchema.ISSUED.view(answer)).with("Location", ALL + "/" + made.id());
    }

    private static ControlObject named(TenantChange change, ObjectKind kind, String id, String field)
            throws SQLException {
        return change.find(kind, id)
                .orElseThrow(() -> new BodyRefused(List.of(field + " names no " + kind.noun() + " of this tenant")));
    }

    private static void requireUsable(ControlObject object, String state) {
        if (!object.isIn(state)) {
            throw ObjectRefused.conflict(
                    "not_" + state,
                    "The " + object.kind().noun() + " is " + object.state() + "; it must be " + state
                            + " to be subscribed with.");
        }
    }

    private void requireNone(TenantChange change, ControlObject api, ControlObject consumer) throws SQLException {
        ObjectFilter ofConsumer = ObjectFilter.of(new Reference(ObjectKind.CONSUMER, consumer.id()));
        for (ControlObject other : change.all(ObjectKind.SUBSCRIPTION, ofConsumer)) {
            SubscriptionStatus state = SubscriptionStatus.of(other, change.now());
            boolean over = state == REVOKED || state == REJECTED || state == SubscriptionStatus.EXPIRED;
            if (!over && other.text(API).equals(api.id())) {
                throw ObjectRefused.conflict(
                        "already_subscribed",
                        "The consumer has subscription " + other.id() + " to this API, which is " + state.word() + ".");
            }
        }
    }

    private static boolean isApprovedAtOnce(ControlObject plan, ControlCall call) {
        return !plan.flag(PlanResource.REQUIRES_APPROVAL)
                || plan.texts(PlanResource.AUTO_APPROVE_ROLES).stream()
                        .anyMatch(call.caller().authentication().roles()::contains);
    }

    private Response stats(ControlCall call) {
        Map<String, Object> byStatus = new LinkedHashMap<>();
        long total = store.read(call.scope(), tx -> {
            SubscriptionStatus.WORDS.forEach(word -> byStatus.put(word, 0L));
            List<ControlObject> all = tx.all(ObjectKind.SUBSCRIPTION, ObjectFilter.ALL);
            for (ControlObject each : all) {
                byStatus.merge(
                        SubscriptionStatus.of(each, store.clock().instant()).word(), 1L, (a, b) -> (Long) a + (Long) b);
            }
            return (long) all.size();
        });
        return Response.json(200, Map.of("total", total, "by_status", byStatus));
    }

    private Response ttl(ControlCall call) {
        long days = call.number("ttl_days", 0);
        if (days != 7 && days != 14) {
            throw new BodyRefused(List.of("ttl_days must be 7 or 14"));
        }
        ControlObject changed = store.change(call.scope(), call.actor(), TTL_SET, change -> {
            ControlObject subscription = require(change, call);
            if (SubscriptionStatus.of(subscription, change.now()) != ACTIVE) {
                throw notActive(subscription, change);
            }
            return change.update(subscription.with(
                    EXPIRES, change.now().plus(Duration.ofDays(days)).toString()));
        });
        return Response.json(200, view(changed));
    }

    private static RuntimeException notActive(ControlObject subscription, TenantChange change) {
        return ObjectRefused.transition("The subscription is "
                + SubscriptionStatus.of(subscription, change.now()).word() + ", and this is for an active one.");
    }

    private Response rotate(ControlCall call) {
        long hours = call.number("grace_period_hours", DEFAULT_GRACE_HOURS);
        ObjectCredential key = ObjectCredential.fresh(
                signing, ConsumerKeyText.SUBSCRIPTION, store.clock().instant());
        Map<String, Object> answer = store.change(call.scope(), call.actor(), ROTATED, change -> {
            ControlObject subscription = require(change, call);
            SubscriptionStatus state = SubscriptionStatus.of(subscription, change.now());
            if (state != ACTIVE && state != PENDING && state != SUSPENDED) {
                throw notActive(subscription, change);
            }
            ControlObject next = key.replaceIn(change, subscription, Duration.ofHours(hours));
            change.note("grace_period_hours", hours);
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("subscription_id", next.id());
            members.put("new_api_key", key.shown());
            members.put("new_api_key_prefix", key.prefix());
            members.put(
                    "old_key_expires_at",
                    change.now().plus(Duration.ofHours(hours)).toString());
            members.put("grace_period_hours", hours);
            members.put("rotation_count", next.number("rotation_count", 0));
            return members;
        });
        return Response.json(200, answer);
    }

    private Response rotationInfo(ControlCall call) {
        ControlObject subscription = find(call);
        List<Map<String, Object>> live =
                ObjectCredential.live(subscription, store.clock().instant());
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("subscription_id", subscription.id());
        if (!live.isEmpty()) {
            info.put("api_key_prefix", String.valueOf(live.getFirst().get("prefix")));
        }
        info.put("has_previous_key", live.size() > 1);
        if (live.size() > 1) {
            ObjectCredential.end(live.get(1)).ifPresent(end -> info.put("previous_key_expires_at", end.toString()));
        }
        info.put("rotation_count", subscription.number("rotation_count", 0));
        subscription.instant("last_rotated_at").ifPresent(at -> info.put("last_rotated_at", at.toString()));
        return Response.json(200, info);
    }
}
