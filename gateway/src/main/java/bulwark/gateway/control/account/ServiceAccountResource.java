package bulwark.gateway.control.account;

import bulwark.gateway.control.identity.ObjectCredential;
import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.ObjectEndpoint;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.permission.Permission;
import bulwark.gateway.permission.Role;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.signing.Signing;
import bulwark.web.ApiRefusal;
import bulwark.web.Response;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /v1/service-accounts}: programs of a tenant, each with a key for {@code X-API-Key}. None is an administrator of the platform, and none has a greater role than its maker. */
public final class ServiceAccountResource {
    private static final AuditEventType CREATED =
            ControlEvent.of("service_account_created", "a service account was made, and its key shown once", "roles");
    private static final AuditEventType ROTATED =
            ControlEvent.of("service_account_key_rotated", "the key of a service account was replaced");
    private static final AuditEventType DELETED =
            ControlEvent.of("service_account_deleted", "a service account was deleted");

    public static final List<AuditEventType> EVENTS = List.of(CREATED, ROTATED, DELETED);

    private static final String KEY_KIND = "stoa_saas_";
    private static final int MAX_GRACE_HOURS = 168;
    private static final List<String> ROLES =
            List.of(Role.TENANT_ADMIN.wireName(), Role.DEVOPS.wireName(), Role.VIEWER.wireName());
    private static final BodySchema DRAFT = BodySchema.of("ServiceAccountDraft")
            .requiredText("name", 63, ObjectSchema.SLUG, ObjectSchema.SLUG_MUST)
            .requiredTexts("roles", 3, ROLES)
            .text("description", 500);
    private static final BodySchema VIEW = ObjectSchema.of(
            "ServiceAccount", DRAFT.and("ServiceAccount", BodySchema.of("Key").text("key_prefix", 16)));
    private static final BodySchema ISSUED =
            VIEW.and("NewServiceAccount", BodySchema.of("Key").text("api_key", 64));
    private static final BodySchema ROTATION =
            BodySchema.of("ServiceKeyRotation").number("grace_period_hours", 0, MAX_GRACE_HOURS);

    private final ControlStore store;
    private final ObjectEndpoint objects;
    private final Signing signing;

    public ServiceAccountResource(ControlStore store, Signing signing) {
        this.store = store;
        this.objects = new ObjectEndpoint(store, ObjectKind.SERVICE_ACCOUNT, account -> VIEW.view(members(account)));
        this.signing = signing;
    }

    public List<ControlOperation> operations() {
        String all = "/v1/service-accounts";
        return List.of(
                ControlOperation.permitted(
                                "GET", all, Permission.USERS_MANAGE, "List the service accounts of a tenant.")
                        .ofCallersTenant()
                        .pages(VIEW)
                        .handledBy(objects::page),
                ControlOperation.permitted(
                                "POST", all, Permission.USERS_MANAGE, "Make a service account; its key is shown once.")
                        .ofCallersTenant()
                        .takes(DRAFT)
                        .conflicts()
                        .answers(201, ISSUED)
                        .handledBy(this::create),
                ControlOperation.permitted(
                                "POST",
                                all + "/{id}/rotate-key",
                                Permission.USERS_MANAGE,
                                "Replace the key of a service account.")
                        .ofCallersTenant()
                        .takes(ROTATION)
                        .answers(200, ISSUED)
                        .handledBy(this::rotate),
                ControlOperation.permitted(
                                "DELETE",
                                all + "/{id}",
                                Permission.USERS_MANAGE,
                                "Delete a service account: its key works no more.")
                        .ofCallersTenant()
                        .answersNothing()
                        .handledBy(call -> objects.delete(call, DELETED)));
    }

    private Map<String, Object> members(ControlObject account) {
        Map<String, Object> members = new LinkedHashMap<>(account.members());
        ObjectCredential.live(account, store.clock().instant()).stream()
                .findFirst()
                .ifPresent(key -> members.put("key_prefix", String.valueOf(key.get("prefix"))));
        return members;
    }

    private Response create(ControlCall call) {
        for (String name : call.texts("roles")) {
            Role role = Role.named(name, false).orElseThrow();
            boolean atLeast = call.caller().authentication().roles().stream()
                    .flatMap(own -> Role.named(own, false).stream())
                    .anyMatch(own -> own.includes(role));
            if (!atLeast) {
                throw new ApiRefusal(
                        ApiRefusal.Kind.FORBIDDEN, "forbidden", "roles holds " + name + ", which the caller has not.");
            }
        }
        ObjectCredential key =
                ObjectCredential.fresh(signing, KEY_KIND, store.clock().instant());
        ControlObject made = store.change(call.scope(), call.actor(), CREATED, change -> {
            Map<String, Object> fields = new LinkedHashMap<>(call.body());
            fields.remove("name");
            fields.put(ObjectCredential.FIELD, key.asFirst(change.now()));
            ControlObject account = change.create(ObjectKind.SERVICE_ACCOUNT, call.text("name"), "active", fields);
            ObjectCredential.index(change, account);
            change.note("roles", String.join(",", call.texts("roles")));
            return account;
        });
        return Response.json(201, issued(made, key));
    }

    private Map<String, Object> issued(ControlObject account, ObjectCredential key) {
        Map<String, Object> answer = members(account);
        answer.put("api_key", key.shown());
        return ISSUED.view(answer);
    }

    private Response rotate(ControlCall call) {
        Duration grace = Duration.ofHours(call.number("grace_period_hours", 24));
        ObjectCredential key =
                ObjectCredential.fresh(signing, KEY_KIND, store.clock().instant());
        ControlObject changed = store.change(
                call.scope(),
                call.actor(),
                ROTATED,
                change -> key.replaceIn(change, change.require(ObjectKind.SERVICE_ACCOUNT, call.path("id")), grace));
        return Response.json(200, issued(changed, key));
    }
}
