package bulwark.gateway.control.consumer;

import bulwark.gateway.apikey.ConsumerKeyText;
import bulwark.gateway.control.identity.ObjectCredential;
import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.ObjectEndpoint;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectFilter.Reference;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.control.state.TenantChange;
import bulwark.gateway.control.tenant.TenantResource;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.UuidV7;
import bulwark.web.Response;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code /v1/consumers/{tenant}}: what calls a tenant's APIs. A consumer that is suspended or blocked has no key that works. */
public final class ConsumerResource {
    private static final AuditEventType CREATED = ControlEvent.of("consumer_created", "a consumer was made");
    private static final AuditEventType UPDATED =
            ControlEvent.of("consumer_updated", "fields of a consumer were changed");
    private static final AuditEventType DELETED = ControlEvent.of("consumer_deleted", "a consumer was deleted");
    private static final AuditEventType SUSPENDED = ControlEvent.of(
            "consumer_suspended", "a consumer was suspended: its keys work no more until it is activated");
    private static final AuditEventType BLOCKED = ControlEvent.of("consumer_blocked", "a consumer was blocked");
    private static final AuditEventType ACTIVATED =
            ControlEvent.of("consumer_activated", "a consumer was activated again");
    private static final AuditEventType ROTATED =
            ControlEvent.of("consumer_keys_rotated", "all keys of a consumer were replaced", "grace_period_hours");
    private static final AuditEventType REVOKED =
            ControlEvent.of("consumer_keys_revoked", "all subscriptions and certificates of a consumer were revoked");

    public static final List<AuditEventType> EVENTS =
            List.of(CREATED, UPDATED, DELETED, SUSPENDED, BLOCKED, ACTIVATED, ROTATED, REVOKED);

    private static final int MAX_GRACE_HOURS = 720;
    private static final int DEFAULT_GRACE_HOURS = 24;
    private static final int MAX_KEYS = 50_000;
    /** What a consumer says of itself. */
    public static final BodySchema FIELDS = BodySchema.of("ConsumerUpdate")
            .text("name", 200)
            .text("email", 254, ObjectSchema.EMAIL, ObjectSchema.EMAIL_MUST)
            .text("company", 200);

    private static final BodySchema DRAFT = BodySchema.of("ConsumerDraft")
            .requiredText("external_id", 63, ObjectSchema.SLUG, ObjectSchema.SLUG_MUST)
            .and("ConsumerDraft", FIELDS);
    private static final BodySchema VIEW = ObjectSchema.of("Consumer", DRAFT);
    private static final BodySchema ROTATION =
            BodySchema.of("ConsumerRotation").number("grace_period_hours", 1, MAX_GRACE_HOURS);
    private static final BodySchema NEW_KEY = BodySchema.of("NewConsumerKey")
            .text("subscription_id", 64)
            .text("new_api_key", 64)
            .text("new_api_key_prefix", 16)
            .time("old_key_expires_at");
    private static final BodySchema ROTATED_KEYS = BodySchema.of("ConsumerRotationResult")
            .text("consumer_id", 64)
            .number("grace_period_hours", 1, MAX_GRACE_HOURS)
            .objects("keys", MAX_KEYS, NEW_KEY);
    private static final BodySchema REVOKED_KEYS = BodySchema.of("ConsumerRevocationResult")
            .text("consumer_id", 64)
            .number("revoked_subscriptions", 0, MAX_KEYS)
            .number("revoked_certificates", 0, MAX_KEYS);

    private final ControlStore store;
    private final ObjectEndpoint objects;
    private final Signing signing;

    public ConsumerResource(ControlStore store, Signing signing) {
        this.store = store;
        this.objects = new ObjectEndpoint(store, ObjectKind.CONSUMER, ConsumerResource::view);
        this.signing = signing;
    }

    public List<ControlOperation> operations() {
        String all = "/v1/consumers/{tenant}";
        String one = all + "/{id}";
        return List.of(
                ControlOperation.permitted("GET", all, Permission.APPS_READ, "List the consumers of a tenant.")
                        .choice("status", List.of("active", "suspended", "blocked"))
                        .pages(VIEW)
                        .handledBy(objects::page),
                ControlOperation.permitted("POST", all, Permission.CONSUMERS_WRITE, "Make a consumer.")
                        .takes(DRAFT)
                        .conflicts()
                        .answers(201, VIEW)
                        .handledBy(this::create),
                ControlOperation.permitted("GET", one, Permission.APPS_READ, "Show a consumer.")
                        .answers(200, VIEW)
                        .handledBy(objects::show),
                ControlOperation.permitted("PUT", one, Permission.CONSUMERS_WRITE, "Change fields of a consumer.")
                        .takes(FIELDS)
                        .answers(200, VIEW)
                        .handledBy(call -> objects.update(call, UPDATED)),
                ControlOperation.permitted(
                                "DELETE", one, Permission.CONSUMERS_WRITE, "Delete a consumer that never subscribed.")
                        .conflicts()
                        .answersNothing()
                        .handledBy(this::delete),
                moved(
                        "suspend",
                        SUSPENDED,
                        "suspended",
                        Set.of("active"),
                        "Suspend a consumer: its keys work no more."),
                moved(
                        "block",
                        BLOCKED,
                        "blocked",
                        Set.of("active", "suspended"),
                        "Block a consumer: its keys work no more."),
                moved("activate", ACTIVATED, "active", Set.of("suspended", "blocked"), "Activate a consumer again."),
                ControlOperation.permitted(
                                "POST",
                                one + "/rotate",
                                Permission.CONSUMERS_WRITE,
                                "Replace every key of a consumer; the new ones are shown once.")
                        .takes(ROTATION)
                        .conflicts()
                        .answers(200, ROTATED_KEYS)
                        .handledBy(this::rotate),
                ControlOperation.permitted(
                                "POST",
                                one + "/revoke",
                                Permission.SUBSCRIPTIONS_REVOKE,
                                "Revoke every subscription and certificate of a consumer, for good.")
                        .answers(200, REVOKED_KEYS)
                        .handledBy(this::revoke));
    }

    private ControlOperation moved(String verb, AuditEventType event, String to, Set<String> from, String summary) {
        return ControlOperation.permitted(
                        "POST", "/v1/consumers/{tenant}/{id}/" + verb, Permission.CONSUMERS_WRITE, summary)
                .conflicts()
                .answers(200, VIEW)
                .handledBy(objects.transition(event, to, from));
    }

    private static Map<String, Object> view(ControlObject consumer) {
        Map<String, Object> members = consumer.members();
        members.put("external_id", consumer.name());
        return VIEW.view(members);
    }

    private Response create(ControlCall call) {
        String tenant = call.scope().tenant();
        ControlObject made = store.change(call.scope(), call.actor(), CREATED, change -> {
            Map<String, Object> fields = new LinkedHashMap<>(call.body());
            String id = String.valueOf(fields.remove("external_id"));
            fields.putIfAbsent("name", id);
            long max = change.require(ObjectKind.TENANT, tenant)
                    .number(TenantResource.MAX_CONSUMERS, TenantResource.DEFAULT_MAX_CONSUMERS);
            return change.create(ObjectKind.CONSUMER, UuidV7.next(change.now()), id, "active", fields, List.of(), max);
        });
        return Response.json(201, view(made)).with("Location", "/v1/consumers/" + tenant + "/" + made.id());
    }

    private Response delete(ControlCall call) {
        return objects.delete(call, DELETED, (change, consumer) -> {
            if (change.count(ObjectKind.SUBSCRIPTION, subscriptionsOf(consumer)) > 0) {
                throw ObjectRefused.conflict(
                        "subscribed", "The consumer has subscriptions, whose history would be without it; block it.");
            }
        });
    }

    private static ObjectFilter subscriptionsOf(ControlObject consumer) {
        return ObjectFilter.of(new Reference(ObjectKind.CONSUMER, consumer.id()));
    }

    private Response rotate(ControlCall call) {
        long hours = call.number("grace_period_hours", DEFAULT_GRACE_HOURS);
        Map<String, Object> answer = store.change(call.scope(), call.actor(), ROTATED, change -> {
            ControlObject consumer = change.require(ObjectKind.CONSUMER, call.path("id"));
            List<Map<String, Object>> keys = replaced(change, consumer, Duration.ofHours(hours));
            if (keys.isEmpty()) {
                throw ObjectRefused.conflict("no_live_key", "The consumer has no active subscription, and so no key.");
            }
            change.note("grace_period_hours", hours);
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("consumer_id", consumer.id());
            members.put("grace_period_hours", hours);
            members.put("keys", keys);
            return members;
        });
        return Response.json(200, answer);
    }

    private List<Map<String, Object>> replaced(TenantChange change, ControlObject consumer, Duration grace)
            throws SQLException {
        List<Map<String, Object>> keys = new ArrayList<>();
        for (ControlObject subscription : change.all(ObjectKind.SUBSCRIPTION, subscriptionsOf(consumer))) {
            if (!subscription.isIn("active", "suspended")) {
                continue;
            }
            ObjectCredential fresh = ObjectCredential.fresh(signing, ConsumerKeyText.SUBSCRIPTION, change.now());
            fresh.replaceIn(change, subscription, grace);
            Map<String, Object> key = new LinkedHashMap<>();
            key.put("subscription_id", subscription.id());
            key.put("new_api_key", fresh.shown());
            key.put("new_api_key_prefix", fresh.prefix());
            key.put("old_key_expires_at", change.now().plus(grace).toString());
            keys.add(key);
        }
        return keys;
    }

    private Response revoke(ControlCall call) {
        ConsumerRevocation revoked = store.change(
                call.scope(),
                call.actor(),
                REVOKED,
                change -> ConsumerRevocation.of(change, change.require(ObjectKind.CONSUMER, call.path("id"))));
        return Response.json(200, revoked.members());
    }
}
