package bulwark.gateway.control.identity;

import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.permission.Permission;
import bulwark.gateway.permission.Role;
import bulwark.gateway.permission.RoleTable;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.kernel.signing.Digests;
import bulwark.web.AuthenticationRequest;
import bulwark.web.Authenticator;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A key in a header, found by its digest among the keys that objects have. Thread-safe. */
public final class StoredKeyAuthenticator implements Authenticator {
    private static final Pattern SHAPE = Pattern.compile("stoa_(sk|saas|gw)_[0-9a-f]{32}");

    private final String kind;
    private final String header;
    private final Set<ObjectKind> owners;
    private final ControlStore store;
    private final boolean certified;

    private StoredKeyAuthenticator(
            String kind, String header, Set<ObjectKind> owners, ControlStore store, boolean certified) {
        this.kind = kind;
        this.header = header;
        this.owners = owners;
        this.store = store;
        this.certified = certified;
    }

    /** {@code X-API-Key}: of a service account, or of a subscription, which may replace it. */
    public static StoredKeyAuthenticator ofServices(ControlStore store) {
        return new StoredKeyAuthenticator(
                "service_key", "X-API-Key", Set.of(ObjectKind.SERVICE_ACCOUNT, ObjectKind.SUBSCRIPTION), store, false);
    }

    /** {@code X-Gateway-Key}. @param certified whether a gateway must show a client certificate besides */
    public static StoredKeyAuthenticator ofGateways(ControlStore store, boolean certified) {
        return new StoredKeyAuthenticator("gateway_key", "X-Gateway-Key", Set.of(ObjectKind.GATEWAY), store, certified);
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public Optional<Outcome> tryAuthenticate(AuthenticationRequest request) {
        List<String> given = request.headers().all(header);
        if (given.isEmpty()) {
            return Optional.of(Outcome.NotPresented.NOT_PRESENTED);
        }
        if (certified && request.peer() == null) {
            return Optional.of(new Outcome.Refused(
                    "without_certificate", "A gateway must show its client certificate beside its key.", null));
        }
        return given.size() > 1 || !SHAPE.matcher(given.getFirst()).matches()
                ? Optional.of(refused("malformed"))
                : Optional.empty();
    }

    @Override
    public Outcome authenticate(AuthenticationRequest request) {
        String lookup = Digests.sha256Hex(request.headers().first(header).orElse(""));
        Optional<ControlObject> owner = store.ofCredential(lookup).filter(found -> owners.contains(found.kind()));
        Optional<Map<String, Object>> key = owner.flatMap(
                object -> ObjectCredential.find(object, lookup, store.clock().instant()));
        if (owner.isEmpty() || key.isEmpty()) {
            return refused("unknown");
        }
        if (!isUsable(owner.get())) {
            return refused(owner.get().state());
        }
        return new Outcome.Identified(
                principal(owner.get(), String.valueOf(key.get().get("id"))));
    }

    /** A subscription may replace its key before it is approved too. */
    private static boolean isUsable(ControlObject owner) {
        return owner.kind() == ObjectKind.SUBSCRIPTION ? owner.isIn("active", "pending") : owner.isIn("active");
    }

    private Outcome refused(String reason) {
        return new Outcome.Refused(reason, "The key in " + header + " is not valid.", null);
    }

    private static Principal principal(ControlObject owner, String keyId) {
        return switch (owner.kind()) {
            case SERVICE_ACCOUNT -> serviceAccount(owner, keyId);
            case SUBSCRIPTION ->
                bearing(
                        owner,
                        keyId,
                        Set.of(),
                        Set.of(Permission.SUBSCRIPTIONS_ROTATE.wireName()),
                        Set.of(owner.kind().word() + "/" + owner.id()));
            default -> bearing(owner, keyId, Set.of(), Set.of(), Set.of());
        };
    }

    private static Principal serviceAccount(ControlObject owner, String keyId) {
        Set<Role> roles = owner.texts("roles").stream()
                .flatMap(name -> Role.named(name, false).stream())
                .filter(role -> role != Role.CPI_ADMIN)
                .collect(Collectors.toSet());
        Set<String> names = roles.stream().map(Role::wireName).collect(Collectors.toSet());
        return bearing(owner, keyId, names, RoleTable.granted(roles, List.of()), Set.of());
    }

    private static Principal bearing(
            ControlObject owner, String keyId, Set<String> roles, Set<String> permissions, Set<String> scopes) {
        Authentication how =
                new Authentication(Authentication.Method.API_KEY, roles, owner.id(), Instant.MAX, Confirmation.NONE);
        String entity = owner.kind().word() + ":" + owner.id();
        return new Principal(entity, owner.tenant(), permissions, keyId, scopes, how);
    }
}
