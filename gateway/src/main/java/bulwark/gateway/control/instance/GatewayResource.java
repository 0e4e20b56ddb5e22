package bulwark.gateway.control.instance;

import bulwark.gateway.control.identity.ObjectCredential;
import bulwark.gateway.control.instance.GatewayStatus.Heartbeat;
import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.snapshot.SnapshotFeed;
import bulwark.gateway.control.snapshot.SnapshotRecipient;
import bulwark.gateway.control.snapshot.SnapshotSigner;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectPage;
import bulwark.gateway.control.state.PlatformScope;
import bulwark.gateway.control.state.TenantScope;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.signing.Signing;
import bulwark.web.Response;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code /v1/admin/gateways}: the gateways of the platform. Each has a key of its own, and is told with it which keys sign its snapshots. */
public final class GatewayResource {
    private static final AuditEventType ADDED =
            ControlEvent.of("gateway_added", "a gateway was added, and its key shown once");
    private static final AuditEventType KEY_ROTATED =
            ControlEvent.of("gateway_key_rotated", "the key of a gateway was replaced");
    private static final AuditEventType DELETED =
            ControlEvent.of("gateway_deleted", "a gateway was deleted: its key works no more");

    public static final List<AuditEventType> EVENTS = List.of(ADDED, KEY_ROTATED, DELETED);

    /** Fields of a gateway: the only tenant that it serves, and what it acknowledged last. */
    static final String TENANT = "serves_tenant";

    /** Fields of a gateway. */
    static final String ENVIRONMENT = "environment";

    static final String ACKED = "acknowledged_generation";
    static final String ACK_STATUS = "acknowledged_status";
    static final String ACK_REASONS = "reasons";

    private static final String KEY_KIND = "stoa_gw_";
    private static final int MAX_GRACE_HOURS = 168;
    private static final int MAX_REASONS = 100;
    private static final TenantScope PLATFORM = PlatformScope.ofProcess().ownObjects();
    private static final BodySchema DRAFT = BodySchema.of("GatewayDraft")
            .requiredText("name", 63, ObjectSchema.SLUG, ObjectSchema.SLUG_MUST)
            .choice(ENVIRONMENT, "dev", "staging", "prod")
            .text(TENANT, 63, ObjectSchema.SLUG, ObjectSchema.SLUG_MUST);
    private static final BodySchema VIEW = ObjectSchema.of(
            "Gateway",
            DRAFT.and(
                    "Gateway",
                    BodySchema.of("State")
                            .text("hostname", 253)
                            .text("mode", 40)
                            .text("version", 40)
                            .text("admin_url", 2_048)
                            .text("connection", 20)
                            .text("sync_status", 20)
                            .number("desired_generation", 0, Long.MAX_VALUE)
                            .number("reported_generation", 0, Long.MAX_VALUE)
                            .number(ACKED, 0, Long.MAX_VALUE)
                            .text(ACK_STATUS, 20)
                            .texts(ACK_REASONS, MAX_REASONS)
                            .time("last_heartbeat_at")
                            .anyObject("heartbeat")));
    private static final BodySchema ISSUED =
            VIEW.and("NewGateway", BodySchema.of("Key").text("gateway_key", 64).texts("snapshot_keys", 10));
    private static final BodySchema ROTATION =
            BodySchema.of("GatewayKeyRotation").number("grace_period_hours", 0, MAX_GRACE_HOURS);

    private final ControlStore store;
    private final SnapshotFeed feed;
    private final SnapshotSigner signer;
    private final GatewayStatus status;
    private final GatewaySync sync;
    private final Signing signing;

    public GatewayResource(
            ControlStore store,
            SnapshotFeed feed,
            SnapshotSigner signer,
            GatewayStatus status,
            GatewaySync sync,
            Signing signing) {
        this.store = store;
        this.feed = feed;
        this.signer = signer;
        this.status = status;
        this.sync = sync;
        this.signing = signing;
    }

    static SnapshotRecipient recipient(ControlObject gateway) {
        return new SnapshotRecipient(gateway.id(), gateway.text(TENANT), gateway.text(ENVIRONMENT));
    }

    public List<ControlOperation> operations() {
        String all = "/v1/admin/gateways";
        return List.of(
                ControlOperation.permitted(
                                "GET", all, Permission.GATEWAYS_MANAGE, "List the gateways with what each carries out.")
                        .ofPlatform()
                        .pages(VIEW)
                        .handledBy(this::list),
                ControlOperation.permitted(
                                "POST",
                                all,
                                Permission.GATEWAYS_MANAGE,
                                "Add a gateway; its key is shown once, with the keys that sign its snapshots.")
                        .ofPlatform()
                        .takes(DRAFT)
                        .conflicts()
                        .answers(201, ISSUED)
                        .handledBy(this::create),
                ControlOperation.permitted("GET", all + "/{id}", Permission.GATEWAYS_MANAGE, "Show a gateway.")
                        .ofPlatform()
                        .answers(200, VIEW)
                        .handledBy(call -> Response.json(200, VIEW.view(members(find(call))))),
                ControlOperation.permitted(
                                "POST",
                                all + "/{id}/rotate-key",
                                Permission.GATEWAYS_MANAGE,
                                "Replace the key of a gateway.")
                        .ofPlatform()
                        .takes(ROTATION)
                        .answers(200, ISSUED)
                        .handledBy(this::rotate),
                ControlOperation.permitted(
                                "DELETE",
                                all + "/{id}",
                                Permission.GATEWAYS_MANAGE,
                                "Delete a gateway: its key works no more.")
                        .ofPlatform()
                        .answersNothing()
                        .handledBy(this::delete));
    }

    private ControlObject find(ControlCall call) {
        return store.read(PLATFORM, tx -> tx.require(ObjectKind.GATEWAY, call.path("id")));
    }

    private Map<String, Object> members(ControlObject gateway) {
        Map<String, Object> members = new LinkedHashMap<>(gateway.members());
        Optional<Heartbeat> heartbeat = status.of(gateway.id());
        members.put("desired_generation", feed.generation());
        heartbeat.ifPresent(last -> {
            members.put("reported_generation", last.generation());
            members.put("last_heartbeat_at", last.at().toString());
            members.put("heartbeat", last.members());
        });
        members.put("connection", sync.isOnline(gateway) ? "online" : "offline");
        members.put("sync_status", sync.status(gateway));
        return members;
    }

    private Response list(ControlCall call) {
        ObjectPage page = store.read(PLATFORM, tx -> tx.page(ObjectKind.GATEWAY, ObjectFilter.ALL, call.page()));
        return Response.json(200, page.members(gateway -> VIEW.view(members(gateway))));
    }

    private Response create(ControlCall call) {
        if (!call.text(TENANT).isEmpty() && isUnknownTenant(call)) {
            throw new BodyRefused(List.of(TENANT + " names no tenant"));
        }
        ObjectCredential key =
                ObjectCredential.fresh(signing, KEY_KIND, store.clock().instant());
        ControlObject made = store.change(PLATFORM, call.actor(), ADDED, change -> {
            Map<String, Object> fields = new LinkedHashMap<>(call.body());
            fields.remove("name");
            fields.putIfAbsent(ENVIRONMENT, "dev");
            fields.put(ObjectCredential.FIELD, key.asFirst(change.now()));
            ControlObject gateway = change.create(ObjectKind.GATEWAY, call.text("name"), "active", fields);
            ObjectCredential.index(change, gateway);
            return gateway;
        });
        return Response.json(201, issued(made, key)).with("Location", "/v1/admin/gateways/" + made.id());
    }

    private boolean isUnknownTenant(ControlCall call) {
        Optional<TenantScope> scope = TenantScope.of(call.caller(), call.text(TENANT));
        return scope.isEmpty()
                || store.read(scope.get(), tx -> tx.find(ObjectKind.TENANT, call.text(TENANT)))
                        .isEmpty();
    }

    private Map<String, Object> issued(ControlObject gateway, ObjectCredential key) {
        Map<String, Object> answer = members(gateway);
        answer.put("gateway_key", key.shown());
        answer.put("snapshot_keys", signer.publicKeys());
        return ISSUED.view(answer);
    }

    private Response rotate(ControlCall call) {
        Duration grace = Duration.ofHours(call.number("grace_period_hours", 24));
        ObjectCredential key =
                ObjectCredential.fresh(signing, KEY_KIND, store.clock().instant());
        ControlObject changed = store.change(
                PLATFORM,
                call.actor(),
                KEY_ROTATED,
                change -> key.replaceIn(change, change.require(ObjectKind.GATEWAY, call.path("id")), grace));
        return Response.json(200, issued(changed, key));
    }

    private Response delete(ControlCall call) {
        store.change(PLATFORM, call.actor(), DELETED, change -> {
            ControlObject gateway = change.require(ObjectKind.GATEWAY, call.path("id"));
            change.delete(gateway);
            change.afterCommit(() -> status.forget(gateway.id()));
            return true;
        });
        return Response.noContent();
    }
}
