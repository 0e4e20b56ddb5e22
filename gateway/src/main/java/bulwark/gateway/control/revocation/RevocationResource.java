package bulwark.gateway.control.revocation;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectPage;
import bulwark.gateway.control.state.PlatformScope;
import bulwark.gateway.control.state.TenantChange;
import bulwark.gateway.control.state.TenantScope;
import bulwark.gateway.identity.TokenRevocation;
import bulwark.gateway.identity.TokenRevocation.Claim;
import bulwark.gateway.identity.TokenRevocationList;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.Response;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code /v1/revocations}: orders to accept no token of an id, a subject or a client, in force here at once and on every gateway with its next snapshot. Of the platform: a subject may
 * have the same name in two tenants.
 */
public final class RevocationResource {
    private static final AuditEventType ORDERED =
            ControlEvent.of("revocation_ordered", "tokens of an id, a subject or a client were revoked everywhere");
    private static final AuditEventType REMOVED =
            ControlEvent.of("revocation_removed", "the revocation of tokens was taken back");

    public static final List<AuditEventType> EVENTS = List.of(ORDERED, REMOVED);

    private static final TenantScope PLATFORM = PlatformScope.ofProcess().ownObjects();
    private static final Duration MAX_DURATION = Duration.ofDays(366);
    private static final String UNTIL = "until";
    private static final BodySchema DRAFT = BodySchema.of("RevocationDraft")
            .text("jti", 256)
            .text("sub", 256)
            .text("client_id", 256)
            .time(UNTIL);
    private static final BodySchema VIEW = ObjectSchema.of("Revocation", DRAFT);

    private final ControlStore store;
    private final TokenRevocationList inForce;

    /** @param inForce what this process itself goes by */
    public RevocationResource(ControlStore store, TokenRevocationList inForce) {
        this.store = store;
        this.inForce = inForce;
        store.read(PLATFORM, tx -> tx.all(ObjectKind.REVOCATION, ObjectFilter.ALL))
                .forEach(order -> inForce.add(order(order)));
    }

    public List<ControlOperation> operations() {
        String all = "/v1/revocations";
        return List.of(
                ControlOperation.permitted("GET", all, Permission.USERS_MANAGE, "List the revocations of tokens.")
                        .ofPlatform()
                        .pages(VIEW)
                        .handledBy(this::list),
                ControlOperation.permitted(
                                "POST",
                                all,
                                Permission.USERS_MANAGE,
                                "Revoke tokens by id, subject or client until a time.")
                        .ofPlatform()
                        .takes(DRAFT)
                        .conflicts()
                        .answers(201, VIEW)
                        .handledBy(this::create),
                ControlOperation.permitted("DELETE", all + "/{id}", Permission.USERS_MANAGE, "Take a revocation back.")
                        .ofPlatform()
                        .answersNothing()
                        .handledBy(this::delete));
    }

    private static Map<String, Object> view(ControlObject order) {
        Map<String, Object> members = order.members();
        members.put(order.text("claim"), order.text("value"));
        return VIEW.view(members);
    }

    /** What a stored order says. */
    public static TokenRevocation order(ControlObject order) {
        Claim claim = Claim.valueOf(order.text("claim").toUpperCase(java.util.Locale.ROOT));
        return new TokenRevocation(
                claim, order.text("value"), order.instant(UNTIL).orElse(Instant.MAX));
    }

    private Response list(ControlCall call) {
        ObjectPage page = store.read(PLATFORM, tx -> tx.page(ObjectKind.REVOCATION, ObjectFilter.ALL, call.page()));
        return Response.json(200, page.members(RevocationResource::view));
    }

    private Response create(ControlCall call) {
        TokenRevocation wanted = wanted(call);
        String name = wanted.claim().wireName() + ":" + wanted.value();
        ControlObject made = store.change(PLATFORM, call.actor(), ORDERED, change -> {
            forgetThoseThatAreOver(change);
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("claim", wanted.claim().wireName());
            fields.put("value", wanted.value());
            fields.put(UNTIL, wanted.until().toString());
            change.afterCommit(() -> inForce.add(wanted));
            return change.create(ObjectKind.REVOCATION, name, "active", fields);
        });
        return Response.json(201, view(made));
    }

    private TokenRevocation wanted(ControlCall call) {
        List<TokenRevocation> named = new ArrayList<>();
        Instant now = store.clock().instant();
        Instant until = Instant.parse(
                call.text(UNTIL).isEmpty() ? now.plus(MAX_DURATION).toString() : call.text(UNTIL));
        for (Claim claim : Claim.values()) {
            if (!call.text(claim.wireName()).isEmpty()) {
                named.add(new TokenRevocation(claim, call.text(claim.wireName()), until));
            }
        }
        List<String> faults = new ArrayList<>();
        if (named.size() != 1) {
            faults.add("jti, sub or client_id must be given, one of them alone");
        }
        if (!until.isAfter(now) || until.isAfter(now.plus(MAX_DURATION))) {
            faults.add("until must lie ahead, by at most " + MAX_DURATION.toDays() + " days");
        }
        if (!faults.isEmpty()) {
            throw new BodyRefused(faults);
        }
        return named.getFirst();
    }

    /** By then no token that they were meant for is good any more. */
    private static void forgetThoseThatAreOver(TenantChange change) throws SQLException {
        for (ControlObject order : change.all(ObjectKind.REVOCATION, ObjectFilter.ALL)) {
            if (!change.now().isBefore(order(order).until())) {
                change.delete(order);
            }
        }
    }

    private Response delete(ControlCall call) {
        store.change(PLATFORM, call.actor(), REMOVED, change -> {
            ControlObject order = change.require(ObjectKind.REVOCATION, call.path("id"));
            change.delete(order);
            TokenRevocation was = order(order);
            change.afterCommit(() -> inForce.remove(was.claim(), was.value()));
            return true;
        });
        return Response.noContent();
    }
}
