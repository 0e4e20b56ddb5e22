package bulwark.gateway.control.webhook;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.ObjectEndpoint;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.config.Loopback;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.GuardDecision;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import bulwark.kernel.signing.Signing;
import bulwark.web.ApiRefusal;
import bulwark.web.Response;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /v1/tenants/{tenant}/webhooks}: receivers that a tenant's events are sent to, with what became of each event. */
public final class WebhookResource {
    private static final AuditEventType CREATED =
            ControlEvent.of("webhook_created", "a webhook was made, and its secret shown once");
    private static final AuditEventType UPDATED = ControlEvent.of("webhook_updated", "a webhook was changed");
    private static final AuditEventType ROTATED =
            ControlEvent.of("webhook_secret_rotated", "the secret of a webhook was replaced");
    private static final AuditEventType DELETED = ControlEvent.of("webhook_deleted", "a webhook was deleted");

    public static final List<AuditEventType> EVENTS =
            List.of(CREATED, UPDATED, ROTATED, DELETED, WebhookSender.UNREADABLE);

    static final String URL = "url";

    private static final String EVENTS_FIELD = "events";
    private static final int MAX_LISTED = 200;
    private static final List<String> STATES = List.of("active", "disabled");
    private static final BodySchema FIELDS = BodySchema.of("WebhookUpdate")
            .text(URL, 2_048)
            .texts(EVENTS_FIELD, 50)
            .choice("status", STATES.toArray(String[]::new));
    private static final BodySchema DRAFT = BodySchema.of("WebhookDraft")
            .requiredText("name", 63, ObjectSchema.SLUG, ObjectSchema.SLUG_MUST)
            .requiredText(URL, 2_048)
            .texts(EVENTS_FIELD, 50);
    private static final BodySchema VIEW =
            ObjectSchema.of("Webhook", BodySchema.of("Webhook").text(URL, 2_048).texts(EVENTS_FIELD, 50));
    private static final BodySchema ISSUED =
            VIEW.and("NewWebhook", BodySchema.of("Secret").text("secret", 100));
    private static final BodySchema DELIVERY = BodySchema.of("WebhookDelivery")
            .text("id", 64)
            .text("webhook_id", 64)
            .text("event_id", 64)
            .choice("status", WebhookDelivery.PENDING, WebhookDelivery.DELIVERED, WebhookDelivery.DEAD)
            .number("attempts", 0, 100)
            .time("due_at")
            .text("problem", 1_000);
    private static final BodySchema DELIVERIES =
            BodySchema.of("WebhookDeliveries").objects("items", MAX_LISTED, DELIVERY);

    private final ControlStore store;
    private final ObjectEndpoint objects;
    private final AddressGuard guard;
    private final WebhookSecrets secrets;

    /** @param guard judges the receiver when it is named; each delivery is judged again */
    public WebhookResource(ControlStore store, AddressGuard guard, Path stateFolder, Signing signing) {
        this.store = store;
        this.objects = new ObjectEndpoint(store, ObjectKind.WEBHOOK, each -> VIEW.view(each.members()));
        this.guard = guard;
        this.secrets = WebhookSecrets.open(stateFolder, signing);
    }

    /** A webhook that names no events gets all. */
    static boolean wants(ControlObject webhook, String event) {
        List<String> events = webhook.texts(EVENTS_FIELD);
        return webhook.isIn("active") && (events.isEmpty() || events.contains(event));
    }

    public List<ControlOperation> operations() {
        String all = "/v1/tenants/{tenant}/webhooks";
        String one = all + "/{id}";
        return List.of(
                ControlOperation.permitted("GET", all, Permission.WORKFLOWS_READ, "List the webhooks of a tenant.")
                        .pages(VIEW)
                        .handledBy(objects::page),
                ControlOperation.permitted(
                                "POST", all, Permission.WORKFLOWS_MANAGE, "Make a webhook; its secret is shown once.")
                        .takes(DRAFT)
                        .conflicts()
                        .answers(201, ISSUED)
                        .handledBy(this::create),
                ControlOperation.permitted("PUT", one, Permission.WORKFLOWS_MANAGE, "Change or disable a webhook.")
                        .takes(FIELDS)
                        .answers(200, VIEW)
                        .handledBy(this::update),
                ControlOperation.permitted(
                                "POST",
                                one + "/rotate-secret",
                                Permission.WORKFLOWS_MANAGE,
                                "Replace the secret of a webhook at once.")
                        .answers(200, ISSUED)
                        .handledBy(this::rotate),
                ControlOperation.permitted("DELETE", one, Permission.WORKFLOWS_MANAGE, "Delete a webhook.")
                        .answersNothing()
                        .handledBy(call -> objects.delete(call, DELETED)),
                ControlOperation.permitted(
                                "GET",
                                one + "/deliveries",
                                Permission.WORKFLOWS_READ,
                                "List the newest deliveries of a webhook, dead letters among them.")
                        .answers(200, DELIVERIES)
                        .handledBy(this::deliveries),
                ControlOperation.permitted(
                                "POST",
                                one + "/deliveries/{delivery}/replay",
                                Permission.WORKFLOWS_MANAGE,
                                "Send an event once more.")
                        .answers(200, DELIVERY)
                        .handledBy(this::replay));
    }

    private Response create(ControlCall call) {
        checkUrl(call.text(URL));
        ControlObject made = store.change(call.scope(), call.actor(), CREATED, change -> {
            Map<String, Object> fields = new LinkedHashMap<>(call.body());
            fields.remove("name");
            fields.put(WebhookSecrets.SERIAL, 1L);
            return change.create(ObjectKind.WEBHOOK, call.text("name"), "active", fields);
        });
        return Response.json(201, issued(made));
    }

    private Map<String, Object> issued(ControlObject webhook) {
        Map<String, Object> answer = webhook.members();
        answer.put("secret", secrets.shown(webhook));
        return ISSUED.view(answer);
    }

    private Response update(ControlCall call) {
        if (call.body().containsKey(URL)) {
            checkUrl(call.text(URL));
        }
        ControlObject changed = store.change(call.scope(), call.actor(), UPDATED, change -> {
            ControlObject webhook = change.require(ObjectKind.WEBHOOK, call.path("id"));
            Map<String, Object> fields = new LinkedHashMap<>(call.body());
            fields.remove("status");
            String state = call.text("status").isEmpty() ? webhook.state() : call.text("status");
            return change.update(webhook.withFields(fields).in(state));
        });
        return Response.json(200, VIEW.view(changed.members()));
    }

    private Response rotate(ControlCall call) {
        ControlObject changed = store.change(call.scope(), call.actor(), ROTATED, change -> {
            ControlObject webhook = change.require(ObjectKind.WEBHOOK, call.path("id"));
            return change.update(webhook.with(WebhookSecrets.SERIAL, webhook.number(WebhookSecrets.SERIAL, 1) + 1));
        });
        return Response.json(200, issued(changed));
    }

    private Response deliveries(ControlCall call) {
        ControlObject webhook = store.read(call.scope(), tx -> tx.require(ObjectKind.WEBHOOK, call.path("id")));
        List<Map<String, Object>> items = store
                .audited()
                .store()
                .read(tx -> WebhookRows.of(tx, call.scope().tenant(), webhook.id(), MAX_LISTED))
                .stream()
                .map(WebhookDelivery::members)
                .toList();
        return Response.json(200, Map.of("items", items));
    }

    private Response replay(ControlCall call) {
        ControlObject webhook = store.read(call.scope(), tx -> tx.require(ObjectKind.WEBHOOK, call.path("id")));
        String tenant = call.scope().tenant();
        WebhookDelivery again = store.audited().store().write(tx -> {
            WebhookDelivery before = WebhookRows.find(tx, tenant, webhook.id(), call.path("delivery"))
                    .orElseThrow(
                            () -> new ApiRefusal(ApiRefusal.Kind.NOT_FOUND, "not_found", "There is no such delivery."));
            WebhookDelivery next = new WebhookDelivery(
                    before.id(),
                    tenant,
                    webhook.id(),
                    before.audit(),
                    WebhookDelivery.PENDING,
                    0,
                    store.clock().instant(),
                    "");
            WebhookRows.update(tx, next);
            return next;
        });
        return Response.json(200, again.members());
    }

    /** Over plain HTTP to loopback alone, and there only where the operator allows it. */
    private void checkUrl(String url) {
        TargetUrl target;
        try {
            target = TargetUrl.parse(url);
        } catch (TargetRefused e) {
            throw new BodyRefused(List.of(URL + " cannot be used: " + e.getMessage()));
        }
        if (!target.scheme().equals("https")
                && !Loopback.isLoopback(target.host().text())) {
            throw new BodyRefused(List.of(URL + " must begin with https://"));
        }
        if (guard.decide(target) instanceof GuardDecision.Blocked blocked) {
            throw new ApiRefusal(
                    ApiRefusal.Kind.MALFORMED,
                    "receiver_blocked",
                    URL + " targets a private/internal IP range: " + blocked.sentence());
        }
    }
}
