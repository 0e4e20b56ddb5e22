package bulwark.gateway.control.application;

import bulwark.gateway.apikey.ApplicationClients;
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
import bulwark.gateway.control.subscription.SubscriptionResource;
import bulwark.gateway.control.tenant.TenantResource;
import bulwark.gateway.permission.Permission;
import bulwark.gateway.permission.Role;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.UuidV7;
import bulwark.web.Response;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/tenants/{tenant}/applications}: each is a consumer, and an OAuth client at the identity provider whose tokens name the tenant and bear one role. The client's secret is shown once and
 * kept nowhere here.
 */
public final class ApplicationResource {
    private static final AuditEventType CREATED = ControlEvent.of(
            "application_created", "an application and its OAuth client were made, the secret shown once", "client_id");
    private static final AuditEventType UPDATED =
            ControlEvent.of("application_updated", "fields of an application were changed");
    private static final AuditEventType ROTATED = ControlEvent.of(
            "application_secret_regenerated", "the secret of an application's OAuth client was replaced", "client_id");
    private static final AuditEventType DELETED = ControlEvent.of(
            "application_deleted",
            "an application and its OAuth client were deleted, its subscriptions revoked",
            "client_id");

    public static final List<AuditEventType> EVENTS = List.of(CREATED, UPDATED, ROTATED, DELETED);

    /** Fields: the id of the OAuth client, and of the consumer whose subscriptions count. */
    public static final String CLIENT = "client_id";

    public static final String CONSUMER = "consumer_id";

    private static final String SECRET = "client_secret";
    private static final String ROLE = "role";
    private static final BodySchema FIELDS =
            BodySchema.of("ApplicationUpdate").text("display_name", 200).text("description", 500);
    private static final BodySchema DRAFT = BodySchema.of("ApplicationDraft")
            .requiredText("name", 63, ObjectSchema.SLUG, ObjectSchema.SLUG_MUST)
            .choice(ROLE, Role.VIEWER.wireName(), Role.DEVOPS.wireName())
            .and("ApplicationDraft", FIELDS);
    private static final BodySchema VIEW = ObjectSchema.of(
            "Application",
            DRAFT.and("Application", BodySchema.of("Client").text(CLIENT, 200).text(CONSUMER, 64)));
    private static final BodySchema ISSUED =
            VIEW.and("NewApplication", BodySchema.of("Secret").text(SECRET, 200));
    private static final BodySchema WISH = BodySchema.of("ApplicationSubscription")
            .requiredText(SubscriptionResource.API, 64)
            .requiredText(SubscriptionResource.PLAN, 64);

    private final ControlStore store;
    private final ObjectEndpoint objects;
    private final SubscriptionResource subscriptions;
    private final @Nullable KeycloakClients clients;
    private final Signing signing;

    /** @param clients null where no identity provider with an admin credential is configured */
    public ApplicationResource(
            ControlStore store,
            SubscriptionResource subscriptions,
            @Nullable KeycloakClients clients,
            Signing signing) {
        this.store = store;
        this.objects = new ObjectEndpoint(store, ObjectKind.APPLICATION, ApplicationResource::view);
        this.subscriptions = subscriptions;
        this.clients = clients;
        this.signing = signing;
    }

    public List<ControlOperation> operations() {
        String all = "/v1/tenants/{tenant}/applications";
        String one = all + "/{id}";
        return List.of(
                ControlOperation.permitted("GET", all, Permission.APPS_READ, "List the applications of a tenant.")
                        .pages(VIEW)
                        .handledBy(objects::page),
                ControlOperation.permitted(
                                "POST",
                                all,
                                Permission.APPS_CREATE,
                                "Make an application with its OAuth client; the secret is shown once.")
                        .takes(DRAFT)
                        .conflicts()
                        .answers(201, ISSUED)
                        .handledBy(this::create),
                ControlOperation.permitted("GET", one, Permission.APPS_READ, "Show an application.")
                        .answers(200, VIEW)
                        .handledBy(objects::show),
                ControlOperation.permitted("PUT", one, Permission.APPS_UPDATE, "Change fields of an application.")
                        .takes(FIELDS)
                        .answers(200, VIEW)
                        .handledBy(call -> objects.update(call, UPDATED)),
                ControlOperation.permitted(
                                "DELETE",
                                one,
                                Permission.APPS_DELETE,
                                "Delete an application and its OAuth client; its subscriptions are revoked.")
                        .conflicts()
                        .answersNothing()
                        .handledBy(this::delete),
                ControlOperation.permitted(
                                "POST",
                                one + "/regenerate-secret",
                                Permission.APPS_UPDATE,
                                "Replace the secret of an application's OAuth client at once.")
                        .conflicts()
                        .answers(200, ISSUED)
                        .handledBy(this::regenerate),
                ControlOperation.permitted(
                                "POST",
                                one + "/subscribe",
                                Permission.SUBSCRIPTIONS_CREATE,
                                "Ask for a subscription of an application; its key is shown once.")
                        .takes(WISH)
                        .conflicts()
                        .answers(201, SubscriptionResource.issuedSchema())
                        .handledBy(call ->
                                subscriptions.subscribe(call, objects.find(call).text(CONSUMER))));
    }

    private static Map<String, Object> view(ControlObject application) {
        return VIEW.view(application.members());
    }

    private KeycloakClients clients() {
        return KeycloakClients.configured(clients);
    }

    /** What the store stands against is found before the provider is asked; what it finds only afterwards takes the client back. */
    private Response create(ControlCall call) {
        String tenant = call.scope().tenant();
        String name = call.text("name");
        String role = call.text(ROLE).isEmpty() ? Role.VIEWER.wireName() : call.text(ROLE);
        String clientId = ApplicationClients.id(tenant, name);
        KeycloakClients provider = clients();
        store.read(call.scope(), tx -> {
            if (tx.findNamed(ObjectKind.APPLICATION, name).isPresent()) {
                throw ObjectRefused.known(ObjectKind.APPLICATION, "name");
            }
            if (tx.findNamed(ObjectKind.CONSUMER, name).isPresent()) {
                throw ObjectRefused.known(ObjectKind.CONSUMER, "name");
            }
            return true;
        });
        SecretBytes secret =
                SecretBytes.ofText(HexFormat.of().formatHex(signing.random32().expose(SecretAccess.grant())));
        provider.create(new KeycloakClients.NewClient(clientId, name, tenant, role, secret));
        ControlObject made;
        try {
            made = store.change(call.scope(), call.actor(), CREATED, change -> create(change, call, role, clientId));
        } catch (RuntimeException e) {
            provider.delete(clientId, tenant);
            throw e;
        }
        return Response.json(201, issued(made, secret))
                .with("Location", "/v1/tenants/" + tenant + "/applications/" + made.id());
    }

    private static ControlObject create(TenantChange change, ControlCall call, String role, String clientId)
            throws SQLException {
        String name = call.text("name");
        long max = change.require(ObjectKind.TENANT, call.scope().tenant())
                .number(TenantResource.MAX_CONSUMERS, TenantResource.DEFAULT_MAX_CONSUMERS);
        ControlObject consumer = change.create(
                ObjectKind.CONSUMER,
                UuidV7.next(change.now()),
                name,
                "active",
                Map.of("name", call.text("display_name").isEmpty() ? name : call.text("display_name")),
                List.of(),
                max);
        Map<String, Object> fields = new LinkedHashMap<>(call.body());
        fields.remove("name");
        fields.put(ROLE, role);
        fields.put(CLIENT, clientId);
        fields.put(CONSUMER, consumer.id());
        change.note(CLIENT, clientId);
        return change.create(
                ObjectKind.APPLICATION,
                UuidV7.next(change.now()),
                name,
                "active",
                fields,
                List.of(new Reference(ObjectKind.CONSUMER, consumer.id())),
                ObjectKind.APPLICATION.maxPerTenant());
    }

    private static Map<String, Object> issued(ControlObject application, SecretBytes secret) {
        Map<String, Object> answer = new LinkedHashMap<>(application.members());
        answer.put(SECRET, secret.exposeText(SecretAccess.grant()));
        return ISSUED.view(answer);
    }

    private Response regenerate(ControlCall call) {
        ControlObject application = objects.find(call);
        SecretBytes secret =
                clients().rotate(application.text(CLIENT), call.scope().tenant());
        ControlObject changed = store.change(call.scope(), call.actor(), ROTATED, change -> {
            change.note(CLIENT, application.text(CLIENT));
            return change.update(change.require(ObjectKind.APPLICATION, call.path("id"))
                    .with("secret_regenerated_at", change.now().toString()));
        });
        return Response.json(200, issued(changed, secret));
    }

    private Response delete(ControlCall call) {
        ControlObject application = objects.find(call);
        clients().delete(application.text(CLIENT), call.scope().tenant());
        store.change(call.scope(), call.actor(), DELETED, change -> {
            change.delete(change.require(ObjectKind.APPLICATION, application.id()));
            change.note(CLIENT, application.text(CLIENT));
            Reference consumer = new Reference(ObjectKind.CONSUMER, application.text(CONSUMER));
            List<ControlObject> subscribed = change.all(ObjectKind.SUBSCRIPTION, ObjectFilter.of(consumer));
            for (ControlObject subscription : subscribed) {
                if (!subscription.isIn("revoked", "rejected")) {
                    ObjectCredential.endAll(change, subscription.in("revoked"));
                }
            }
            ControlObject behind = change.require(ObjectKind.CONSUMER, application.text(CONSUMER));
            if (subscribed.isEmpty()) {
                change.delete(behind);
            } else {
                change.update(behind.in("blocked")
                        .named(behind.name() + "-" + behind.id().substring(24)));
            }
            return true;
        });
        return Response.noContent();
    }
}
