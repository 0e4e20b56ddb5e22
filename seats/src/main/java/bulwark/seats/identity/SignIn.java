package bulwark.seats.identity;

import static bulwark.seats.route.FieldRule.secret;
import static bulwark.seats.route.FieldRule.text;

import bulwark.kernel.access.Sessions;
import bulwark.kernel.access.Sessions.Session;
import bulwark.kernel.access.StepUpTokens;
import bulwark.kernel.quota.SlidingWindowLimiter;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.seats.route.Call;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.route.SeatRoute.Callers;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sessions from the first password to the last request, and the step-up in between. */
final class SignIn {
    private static final int SIGN_INS_PER_MINUTE = 30;
    private static final int MAX_ADDRESSES = 50_000;
    private static final int MAX_PASSWORD = 1024;

    private final Identity identity;
    private final SlidingWindowLimiter perAddress;

    SignIn(Identity identity) {
        this.identity = identity;
        perAddress =
                new SlidingWindowLimiter(SIGN_INS_PER_MINUTE, Duration.ofMinutes(1), MAX_ADDRESSES, identity.clock);
    }

    List<SeatRoute> routes() {
        RequestRules credentials = RequestRules.body(text("username", 1, 64), secret("password", MAX_PASSWORD));
        RequestRules stepUp = RequestRules.body(
                secret("password", MAX_PASSWORD),
                text("action", 1, 64),
                text("resourceId", 1, 128).optional());
        return List.of(
                new SeatRoute(
                        "POST",
                        "/v1/auth/login",
                        "Open a session",
                        Callers.ANYBODY,
                        null,
                        null,
                        false,
                        credentials,
                        200,
                        (SeatRoute.Work.Answer) this::login),
                SeatRoute.ofSession(
                        "POST", "/v1/auth/logout", "End the session", RequestRules.NOTHING, 204, (SeatRoute.Work.Change)
                                this::logout),
                SeatRoute.ofSession(
                        "GET", "/v1/auth/me", "Who is signed in", RequestRules.NOTHING, 200, (SeatRoute.Work.Answer)
                                this::me),
                SeatRoute.ofSession(
                        "GET",
                        "/v1/auth/sessions",
                        "The caller's live sessions",
                        RequestRules.NOTHING,
                        200,
                        (SeatRoute.Work.Answer) this::sessions),
                SeatRoute.ofSession(
                        "DELETE",
                        "/v1/auth/sessions/{id}",
                        "End one of the caller's sessions",
                        RequestRules.NOTHING,
                        204,
                        (SeatRoute.Work.Change) this::endSession),
                new SeatRoute(
                        "POST",
                        "/v1/auth/step-up",
                        "Show the password again for one action",
                        Callers.PERSON,
                        Roles.ADMIN,
                        null,
                        false,
                        stepUp,
                        200,
                        (SeatRoute.Work.Answer) this::stepUp));
    }

    private Response login(Call call) {
        String name = call.text("username");
        Optional<User> user = identity.store.read(tx -> identity.users.byName(tx, name));
        Optional<String> device = user.flatMap(known -> identity.cookies.device(call.request(), known.id()));
        String remote = call.request().remote();
        if (device.isEmpty() && !perAddress.tryAcquire(remote).admitted()) {
            PasswordGuard.refuse(Duration.ofSeconds(perAddress.peek(remote).retryAfterSeconds()));
        }
        String guesser =
                device.map(known -> "device " + known).orElse("address " + remote + ' ' + UserTable.folded(name));
        if (!identity.passwords.matches(guesser, user, call.text("password"))) {
            identity.store
                    .audited()
                    .audit()
                    .refusalLater(
                            call.eventOf(IdentityEvents.SIGN_IN_REFUSED, null, null, Map.of("reason", "password")),
                            "password",
                            remote);
            throw refused();
        }
        boolean published = PasswordRules.resemblesPublished(call.text("password"));
        return identity.store.write(tx -> opened(tx, call, user.orElseThrow(), published));
    }

    private static ApiRefusal refused() {
        return new ApiRefusal(Kind.UNAUTHENTICATED, "sign_in_refused", "Username and password do not belong together.");
    }

    /** Reads the user again: what changed while the password was looked at counts. */
    private Response opened(WriteTx tx, Call call, User seen, boolean published) throws SQLException {
        User user = identity.users
                .byId(tx, seen.id())
                .filter(each -> each.disabled() == null && each.passwordHash().equals(seen.passwordHash()))
                .orElseThrow(SignIn::refused);
        if (published && !user.mustChangePassword()) {
            user = new User(
                    user.id(), user.name(), user.passwordHash(), user.role(), true, user.created(), user.disabled());
            identity.users.update(
                    tx,
                    user,
                    call.eventOf(
                            IdentityEvents.CHANGE_DEMANDED,
                            Call.actor(user.id()),
                            "user:" + user.id(),
                            Map.of("username", user.name())));
        }
        endPresented(tx, call, user);
        return answer(identity.open(tx, call, user), user, Response.json(200, Map.of()));
    }

    /** A session that the browser brought along ends: nobody who put it there shares the new one. */
    private void endPresented(WriteTx tx, Call call, User user) throws SQLException {
        for (String token : call.request().cookies().all(identity.cookies.session())) {
            if (identity.sessions.find(tx, token) instanceof Sessions.Verdict.Live live
                    && identity.sessions.end(tx, live.session().id())) {
                identity.sessionsEnded(
                        tx,
                        call.eventOf(
                                IdentityEvents.SIGNED_OUT,
                                Call.actor(live.session().userId()),
                                "user:" + user.id(),
                                Map.of("sessions", 1)),
                        List.of(live.session().id()));
            }
        }
    }

    private Response answer(Sessions.Opened opened, User user, Response base) {
        String csrf = identity.sessions.csrfToken(opened.session().id());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("user", Map.of("id", user.id(), "username", user.name(), "role", user.role()));
        body.put("csrfToken", csrf);
        body.put("expiresAt", Timestamps.zulu(opened.session().expires()));
        body.put("mustChangePassword", user.mustChangePassword());
        return identity.cookies.open(Response.json(base.status(), body), opened.token(), csrf, user.id());
    }

    private Response logout(WriteTx tx, Call call) throws SQLException {
        end(tx, call, call.sessionId());
        return identity.cookies.close(Response.noContent());
    }

    private Response me(Call call) {
        return Response.json(
                200, identity.store.read(tx -> identity.caller(tx, call)).json());
    }

    private Response sessions(Call call) {
        List<Map<String, Object>> items = identity.store.read(tx -> identity.sessions.live(tx, call.userId())).stream()
                .map(session -> json(session, call))
                .toList();
        return Response.json(200, Map.of("items", items));
    }

    private static Map<String, Object> json(Session session, Call call) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", session.id());
        json.put("createdAt", Timestamps.zulu(session.created()));
        json.put("expiresAt", Timestamps.zulu(session.expires()));
        json.put("lastSeenAt", Timestamps.zulu(session.lastSeen()));
        json.put("remote", session.remote());
        json.put("userAgent", session.userAgent());
        json.put("current", session.id().equals(call.sessionId()));
        return json;
    }

    private Response endSession(WriteTx tx, Call call) throws SQLException {
        String id = call.request().pathParameter("id");
        boolean own = identity.sessions.live(tx, call.userId()).stream()
                .anyMatch(each -> each.id().equals(id));
        if (!own) {
            throw new ApiRefusal(Kind.NOT_FOUND, "not_found", "You have no session with this id.");
        }
        end(tx, call, id);
        return Response.noContent();
    }

    private void end(WriteTx tx, Call call, String id) throws SQLException {
        if (identity.sessions.end(tx, id)) {
            identity.sessionsEnded(
                    tx, call.event(IdentityEvents.SIGNED_OUT, "session:" + id, Map.of("sessions", 1)), List.of(id));
        }
    }

    /** Wrong passwords delay this session, and nobody's sign-in. */
    private Response stepUp(Call call) {
        User user = identity.store.read(tx -> identity.caller(tx, call));
        String action = call.text("action");
        String resource = call.optionalText("resourceId").orElse("");
        if (!identity.passwords.matches("session " + call.sessionId(), Optional.of(user), call.text("password"))) {
            identity.store
                    .audited()
                    .audit()
                    .refusal(call.event(IdentityEvents.STEP_UP_REFUSED, null, Map.of("step_up", action)), "password");
            throw new ApiRefusal(Kind.UNAUTHENTICATED, "password_wrong", "This is not your password.");
        }
        StepUpTokens.Issued issued =
                identity.stepUps.issue(new StepUpTokens.Binding(user.id(), call.sessionId(), action, resource));
        identity.store.write(tx -> identity.store
                .audited()
                .audit()
                .append(
                        tx,
                        call.event(IdentityEvents.STEPPED_UP, null, Map.of("step_up", action, "resource", resource))));
        return Response.json(
                200, Map.of("stepUpToken", issued.token(), "expiresAt", Timestamps.zulu(issued.expires())));
    }
}
