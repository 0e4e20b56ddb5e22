package bulwark.gateway.control.instance;

import bulwark.gateway.control.identity.ObjectCredential;
import bulwark.gateway.control.instance.GatewayStatus.Usage;
import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.snapshot.SnapshotFeed;
import bulwark.gateway.control.snapshot.SnapshotRecipient;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.control.state.PlatformScope;
import bulwark.gateway.control.state.TenantScope;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.signing.Digests;
import bulwark.web.Response;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /v1/internal/gateways}: what a gateway itself calls, with its key. It reaches nothing but what is its own. */
public final class GatewayLinkResource {
    private static final AuditEventType REGISTERED =
            ControlEvent.of("gateway_registered", "a gateway said for the first time, or anew, where and what it is");
    private static final AuditEventType ACKNOWLEDGED = ControlEvent.of(
            "gateway_acknowledged", "a gateway took a snapshot, or refused it with reasons", "status", "acknowledged");

    public static final List<AuditEventType> EVENTS = List.of(REGISTERED, ACKNOWLEDGED);

    private static final TenantScope PLATFORM = PlatformScope.ofProcess().ownObjects();
    private static final int MAX_WAIT_SECONDS = 50;
    private static final int MAX_REASONS = 100;
    private static final int MAX_USAGE = 1_000;
    private static final BodySchema REGISTRATION = BodySchema.of("GatewayRegistration")
            .requiredText("hostname", 253)
            .text("mode", 40)
            .text("version", 40)
            .text("environment", 40)
            .texts("capabilities", 100)
            .text("admin_url", 2_048)
            .text("tenant_id", 63)
            .number("generation", 0, Long.MAX_VALUE);
    private static final BodySchema REGISTERED_AS = BodySchema.of("GatewayRegistrationResult")
            .text("id", 64)
            .text("name", 300)
            .text("status", 40);
    private static final BodySchema USAGE = BodySchema.of("GatewayUsage")
            .requiredText("subscription_id", 64)
            .number("daily_used", 0, Long.MAX_VALUE)
            .number("monthly_used", 0, Long.MAX_VALUE);
    private static final BodySchema HEARTBEAT = BodySchema.of("GatewayHeartbeat")
            .number("uptime_seconds", 0, Long.MAX_VALUE)
            .number("routes_count", 0, Long.MAX_VALUE)
            .number("policies_count", 0, Long.MAX_VALUE)
            .number("discovered_apis", 0, Long.MAX_VALUE)
            .number("requests_total", 0, Long.MAX_VALUE)
            .number("generation", 0, Long.MAX_VALUE)
            .text("digest", 64)
            .objects("usage", MAX_USAGE, USAGE);
    private static final BodySchema ACK = BodySchema.of("GatewayAcknowledgement")
            .requiredNumber("generation", 0, Long.MAX_VALUE)
            .requiredChoice("status", "applied", "refused")
            .texts("errors", MAX_REASONS);
    private static final BodySchema SNAPSHOT = BodySchema.of("SignedSnapshot")
            .anyObject("statement")
            .anyObject("delta")
            .text("key", 64)
            .text("signature", 100);
    private static final BodySchema KEY_QUERY = BodySchema.of("KeyQuery").requiredText("api_key", 64);
    private static final BodySchema KEY_VERDICT = BodySchema.of("KeyVerdict")
            .flag("valid")
            .text("subscription_id", 64)
            .text("consumer_id", 64)
            .text("tenant_id", 64)
            .text("api_id", 64)
            .text("plan_id", 64);

    private final ControlStore store;
    private final SnapshotFeed feed;
    private final GatewayStatus status;

    public GatewayLinkResource(ControlStore store, SnapshotFeed feed, GatewayStatus status) {
        this.store = store;
        this.feed = feed;
        this.status = status;
    }

    public List<ControlOperation> operations() {
        String all = "/v1/internal/gateways";
        return List.of(
                ControlOperation.ofGateway("POST", all + "/register", "Say where and what this gateway is.")
                        .takes(REGISTRATION)
                        .answers(201, REGISTERED_AS)
                        .handledBy(this::register),
                ControlOperation.ofGateway("GET", all + "/self", "Tell a gateway which one it is.")
                        .answers(200, REGISTERED_AS)
                        .handledBy(call -> Response.json(200, known(gateway(id(call))))),
                ControlOperation.ofGateway(
                                "POST",
                                all + "/{id}/heartbeat",
                                "Say that this gateway lives, and what it carries out.")
                        .takes(HEARTBEAT)
                        .answersNothing()
                        .handledBy(this::heartbeat),
                ControlOperation.ofGateway(
                                "GET",
                                all + "/{id}/snapshot",
                                "Wait for a snapshot of another generation than this one.")
                        .number("after", 0, Long.MAX_VALUE)
                        .number("wait_seconds", 0, MAX_WAIT_SECONDS)
                        .text("base", 64)
                        .answers(200, SNAPSHOT)
                        .answersNothing()
                        .handledBy(this::snapshot),
                ControlOperation.ofGateway(
                                "POST", all + "/{id}/route-sync-ack", "Say that a snapshot was applied or refused.")
                        .takes(ACK)
                        .answersNothing()
                        .handledBy(this::acknowledge),
                ControlOperation.ofGateway("POST", "/v1/subscriptions/validate-key", "Tell what an API key is worth.")
                        .takes(KEY_QUERY)
                        .answers(200, KEY_VERDICT)
                        .handledBy(this::validate));
    }

    /** The gateway whose key the call bears; the path must name it and no other. */
    private String own(ControlCall call) {
        String id = id(call);
        if (!call.path("id").equals(id)) {
            throw ObjectRefused.absent(ObjectKind.GATEWAY);
        }
        return id;
    }

    private static String id(ControlCall call) {
        return Optional.ofNullable(call.caller().authentication().clientId()).orElse("");
    }

    private ControlObject gateway(String id) {
        return store.read(PLATFORM, tx -> tx.require(ObjectKind.GATEWAY, id));
    }

    private Response register(ControlCall call) {
        String id = id(call);
        ControlObject known = store.change(PLATFORM, call.actor(), REGISTERED, change -> {
            ControlObject before = change.require(ObjectKind.GATEWAY, id);
            Map<String, Object> said = new LinkedHashMap<>(call.body());
            said.keySet().retainAll(List.of("hostname", "mode", "version", "admin_url", "capabilities"));
            ControlObject next = before.withFields(said);
            return next.equals(before) ? before : change.update(next);
        });
        status.heard(id, call.number("generation", 0), "", Map.of(), Map.of());
        return Response.json(201, known(known));
    }

    private static Map<String, Object> known(ControlObject known) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", known.id());
        String mode = known.text("mode").isEmpty() ? "edge-mcp" : known.text("mode");
        answer.put("name", known.text("hostname") + "-" + mode + "-" + known.text("environment"));
        answer.put("status", "online");
        return answer;
    }

    private Response heartbeat(ControlCall call) {
        String id = own(call);
        gateway(id);
        Map<String, Object> members = new LinkedHashMap<>(call.body());
        Map<String, Usage> usage = usage(members.remove("usage"));
        status.heard(id, call.number("generation", 0), call.text("digest"), members, usage);
        return Response.noContent();
    }

    private static Map<String, Usage> usage(@Nullable Object reported) {
        Map<String, Usage> usage = new LinkedHashMap<>();
        if (reported instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> row) {
                    usage.put(
                            String.valueOf(row.get("subscription_id")),
                            new Usage(count(row, "daily_used"), count(row, "monthly_used")));
                }
            }
        }
        return usage;
    }

    private static long count(Map<?, ?> row, String field) {
        return row.get(field) instanceof Number number ? number.longValue() : 0;
    }

    private Response snapshot(ControlCall call) {
        String id = own(call);
        SnapshotRecipient recipient = GatewayResource.recipient(gateway(id));
        Duration patience = Duration.ofSeconds(call.queryNumber("wait_seconds", 0));
        try {
            return feed.await(
                            recipient,
                            call.queryNumber("after", 0),
                            call.query("base").orElse(""),
                            patience)
                    .map(document -> Response.jsonBytes(200, document))
                    .orElseGet(Response::noContent);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Response.noContent();
        }
    }

    private Response acknowledge(ControlCall call) {
        String id = own(call);
        store.change(PLATFORM, call.actor(), ACKNOWLEDGED, change -> {
            ControlObject before = change.require(ObjectKind.GATEWAY, id);
            ControlObject next = before.with(GatewayResource.ACKED, call.number("generation", 0))
                    .with(GatewayResource.ACK_STATUS, call.text("status"))
                    .with(GatewayResource.ACK_REASONS, call.texts("errors").isEmpty() ? null : call.texts("errors"));
            if (next.equals(before)) {
                return before;
            }
            if (call.text("status").equals("applied")) {
                change.afterCommit(() -> status.carriesOut(id, call.number("generation", 0)));
            }
            change.note("status", call.text("status"));
            change.note("acknowledged", call.number("generation", 0));
            return change.update(next);
        });
        return Response.noContent();
    }

    /** Only keys of the tenant that the gateway serves, where it serves one. */
    private Response validate(ControlCall call) {
        String lookup = Digests.sha256Hex(call.text("api_key"));
        String tenant = gateway(id(call)).text(GatewayResource.TENANT);
        Optional<ControlObject> subscription = store.ofCredential(lookup)
                .filter(owner -> owner.kind() == ObjectKind.SUBSCRIPTION && owner.isIn("active"))
                .filter(owner -> tenant.isEmpty() || owner.tenant().equals(tenant))
                .filter(owner -> ObjectCredential.live(owner, store.clock().instant()).stream()
                        .anyMatch(key -> lookup.equals(key.get("lookup"))));
        Map<String, Object> verdict = new LinkedHashMap<>();
        verdict.put("valid", subscription.isPresent());
        subscription.ifPresent(found -> {
            verdict.put("subscription_id", found.id());
            verdict.put("consumer_id", found.text("consumer_id"));
            verdict.put("tenant_id", found.tenant());
            verdict.put("api_id", found.text("api_id"));
            verdict.put("plan_id", found.text("plan_id"));
        });
        return Response.json(200, verdict);
    }
}
