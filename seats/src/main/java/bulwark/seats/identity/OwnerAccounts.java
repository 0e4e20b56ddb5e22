package bulwark.seats.identity;

import bulwark.seats.route.Roles;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Request;
import bulwark.web.RequestBody;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the owner of the process does over its socket, or on a stopped service: the first administrator, one who may only look, and a way back in for everybody. Nothing delays it. */
public final class OwnerAccounts {
    private final Identity identity;
    private final Accounts accounts;

    OwnerAccounts(Identity identity) {
        this.identity = identity;
        this.accounts = new Accounts(identity);
    }

    public List<Route> routes() {
        return List.of(
                Route.owner("POST", "/owner/users/admin", request -> create(request, Roles.ADMIN)),
                Route.owner("POST", "/owner/users/viewer", request -> create(request, Roles.VIEWER)),
                Route.owner("POST", "/owner/users/password", this::setPassword));
    }

    private Response create(Request request, String role) {
        RequestBody body = RequestBody.parse(request.body(), "password");
        String name = body.text("username", 2, 64);
        String password = body.text("password", 1, 1024);
        body.only(Set.of("username", "password"));
        body.check();
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._@-]{1,63}")) {
            throw new ApiRefusal(
                    Kind.INVALID, "username_refused", "The username must have letters, digits and . _ @ - alone.");
        }
        PasswordRules.problem(password, name).ifPresent(OwnerAccounts::weak);
        User user = accounts.fresh(name, role, password, false);
        identity.store.write(tx -> {
            accounts.insert(
                    tx,
                    user,
                    IdentityEvents.USER_CREATED.event(
                            request.principal().entityUri(),
                            "default",
                            "user:" + user.id(),
                            null,
                            detail(request, Map.of("username", name, "to_role", user.role()))));
            return 0;
        });
        return Response.json(201, user.json());
    }

    private Response setPassword(Request request) {
        RequestBody body = RequestBody.parse(request.body(), "password");
        String name = body.text("username", 1, 64);
        String password = body.text("password", 1, 1024);
        body.only(Set.of("username", "password"));
        body.check();
        User user = identity.store
                .read(tx -> identity.users.byName(tx, name))
                .orElseThrow(
                        () -> new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no user called " + name + "."));
        String hash = accounts.acceptable(user, password);
        identity.store.write(tx -> {
            List<String> ended = identity.sessions.endOthers(tx, user.id(), null);
            Map<String, Object> count = detail(request, Map.of("sessions", ended.size()));
            identity.sessionsEnded(
                    tx,
                    IdentityEvents.SIGNED_OUT.event(
                            request.principal().entityUri(), "default", "user:" + user.id(), null, count),
                    ended);
            accounts.store(
                    tx,
                    user,
                    hash,
                    false,
                    IdentityEvents.PASSWORD_CHANGED.event(
                            request.principal().entityUri(),
                            "default",
                            "user:" + user.id(),
                            null,
                            detail(request, Map.of("must_change", false, "sessions", ended.size()))));
            return 0;
        });
        return Response.json(200, user.json());
    }

    private static Map<String, Object> detail(Request request, Map<String, Object> more) {
        Map<String, Object> detail = new LinkedHashMap<>(more);
        detail.put("request_id", request.requestId());
        detail.put("remote", request.remote());
        return detail;
    }

    private static void weak(String problem) {
        throw new ApiRefusal(Kind.INVALID, "password_refused", "The password " + problem + ".");
    }
}
