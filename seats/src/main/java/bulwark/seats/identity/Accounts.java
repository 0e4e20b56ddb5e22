package bulwark.seats.identity;

import static bulwark.seats.route.FieldRule.flag;
import static bulwark.seats.route.FieldRule.secret;
import static bulwark.seats.route.FieldRule.text;
import static bulwark.seats.route.FieldRule.word;

import bulwark.kernel.access.Sessions;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.PasswordHash;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.seats.route.Call;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.route.SeatRoute.Callers;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.FieldError;
import bulwark.web.FieldsRefused;
import bulwark.web.Response;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Users and their passwords. A change of role or access ends the user's sessions in the same transaction. */
final class Accounts {
    private static final int HISTORY = 5;
    private static final int MAX_PASSWORD = 1024;
    private static final String USERNAME = "[A-Za-z0-9][A-Za-z0-9._@-]{1,63}";

    private final Identity identity;

    Accounts(Identity identity) {
        this.identity = identity;
    }

    List<SeatRoute> routes() {
        RequestRules creation = RequestRules.body(
                text("username", 2, 64), word("role", "ADMIN", "OPERATOR", "VIEWER"), secret("password", MAX_PASSWORD));
        RequestRules change =
                RequestRules.body(word("role", "ADMIN", "OPERATOR", "VIEWER").optional(), flag("disabled"));
        RequestRules password =
                RequestRules.body(secret("currentPassword", MAX_PASSWORD), secret("newPassword", MAX_PASSWORD));
        return List.of(
                SeatRoute.reads("/v1/users", "Every user", Roles.ADMIN, RequestRules.NOTHING, this::list),
                new SeatRoute(
                        "POST",
                        "/v1/users",
                        "Make a user, who must change the password first",
                        Callers.ADMINISTRATION,
                        Roles.ADMIN,
                        null,
                        false,
                        creation,
                        201,
                        (SeatRoute.Work.Answer) this::create),
                SeatRoute.changes(
                        "PATCH", "/v1/users/{id}", "Change role or access", Roles.ADMIN, change, 200, this::change),
                SeatRoute.changes(
                        "DELETE",
                        "/v1/users/{id}",
                        "Remove a user",
                        Roles.ADMIN,
                        RequestRules.NOTHING,
                        204,
                        this::remove),
                SeatRoute.ofSession(
                        "POST",
                        "/v1/users/{id}/password",
                        "Replace a password: one's own, or as administrator another's",
                        password,
                        204,
                        (SeatRoute.Work.Answer) this::password));
    }

    private Response list(Call call) {
        List<Map<String, Object>> items = identity.store.read(identity.users::all).stream()
                .map(User::json)
                .toList();
        return Response.json(200, Map.of("items", items));
    }

    private Response create(Call call) {
        String name = call.text("username");
        if (!name.matches(USERNAME)) {
            throw wrong("username", "must have letters, digits and . _ @ - alone");
        }
        PasswordRules.problem(call.text("password"), name).ifPresent(problem -> {
            throw weak("password", problem);
        });
        User user = fresh(name, call.text("role"), call.text("password"), true);
        identity.store.write(tx -> {
            insert(
                    tx,
                    user,
                    call.event(
                            IdentityEvents.USER_CREATED,
                            "user:" + user.id(),
                            Map.of("username", name, "to_role", user.role())));
            return 0;
        });
        return Response.json(201, user.json());
    }

    User fresh(String name, String role, String password, boolean mustChange) {
        String hash = PasswordHash.argon2id(SecretBytes.ofText(password));
        Instant now = Timestamps.toMicros(identity.clock.instant());
        return new User(UUID.randomUUID().toString(), name, hash, role, mustChange, now, null);
    }

    void insert(WriteTx tx, User user, AuditEvent event) throws SQLException {
        if (identity.users.byName(tx, user.name()).isPresent()) {
            throw new ApiRefusal(Kind.CONFLICT, "username_taken", "There is a user of this name, in whatever case.");
        }
        identity.users.insert(tx, user, event);
    }

    private Response change(WriteTx tx, Call call) throws SQLException {
        User before = existing(tx, call);
        String role = call.optionalText("role").orElse(before.role());
        boolean disabled = call.flag("disabled").orElse(before.disabled() != null);
        User after = new User(
                before.id(),
                before.name(),
                before.passwordHash(),
                role,
                before.mustChangePassword(),
                before.created(),
                disabled ? Optional.ofNullable(before.disabled()).orElse(identity.clock.instant()) : null);
        if (before.role().equals("ADMIN") && (!role.equals("ADMIN") || disabled)) {
            keepOneAdmin(tx, before);
        }
        List<String> ended = identity.sessions.endOthers(tx, before.id(), null);
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("from_role", before.role());
        detail.put("to_role", role);
        detail.put("disabled", disabled);
        detail.put("sessions", ended.size());
        identity.sessionsEnded(
                tx,
                call.event(IdentityEvents.SIGNED_OUT, "user:" + before.id(), Map.of("sessions", ended.size())),
                ended);
        identity.users.update(tx, after, call.event(IdentityEvents.USER_CHANGED, "user:" + before.id(), detail));
        return Response.json(200, after.json());
    }

    private Response remove(WriteTx tx, Call call) throws SQLException {
        User user = existing(tx, call);
        if (user.role().equals("ADMIN")) {
            keepOneAdmin(tx, user);
        }
        List<String> ended = identity.sessions.endOthers(tx, user.id(), null);
        identity.sessionsEnded(
                tx,
                call.event(IdentityEvents.SIGNED_OUT, "user:" + user.id(), Map.of("sessions", ended.size())),
                ended);
        identity.users.delete(
                tx,
                user.id(),
                call.event(
                        IdentityEvents.USER_REMOVED,
                        "user:" + user.id(),
                        Map.of("username", user.name(), "sessions", ended.size())));
        return Response.noContent();
    }

    private User existing(WriteTx tx, Call call) throws SQLException {
        return identity.users.byId(tx, call.request().pathParameter("id")).orElseThrow(Accounts::unknown);
    }

    private void keepOneAdmin(WriteTx tx, User leaving) throws SQLException {
        if (leaving.disabled() == null && identity.users.admins(tx) <= 1) {
            throw new ApiRefusal(
                    Kind.CONFLICT, "last_admin", "This is the last administrator: make another one before.");
        }
    }

    /** The caller's own password is looked at, whoever's is replaced. */
    private Response password(Call call) {
        String targetId = call.request().pathParameter("id");
        User caller = identity.store.read(tx -> identity.caller(tx, call));
        boolean own = caller.id().equals(targetId);
        if (!own && (!caller.role().equals(Roles.ADMIN) || caller.mustChangePassword())) {
            throw new ApiRefusal(Kind.FORBIDDEN, "forbidden", "Only an administrator replaces another's password.");
        }
        if (!identity.passwords.matches(
                "session " + call.sessionId(), Optional.of(caller), call.text("currentPassword"))) {
            throw new ApiRefusal(Kind.UNAUTHENTICATED, "password_wrong", "currentPassword is not your password.");
        }
        User target = own
                ? caller
                : identity.store.read(tx -> identity.users.byId(tx, targetId)).orElseThrow(Accounts::unknown);
        String hash = acceptable(target, call.text("newPassword"));
        return identity.store.write(tx -> replaced(tx, call, caller, target.id(), hash));
    }

    /** @return the hash of a password that the rules and the user's past allow */
    String acceptable(User target, String password) {
        PasswordRules.problem(password, target.name()).ifPresent(problem -> {
            throw weak("newPassword", problem);
        });
        SecretBytes secret = SecretBytes.ofText(password);
        List<String> before =
                new ArrayList<>(identity.store.read(tx -> identity.users.history(tx, target.id(), HISTORY)));
        before.add(target.passwordHash());
        if (before.stream().anyMatch(hash -> PasswordHash.matches(secret, hash))) {
            throw weak("newPassword", "must not be the current password or one of the last five");
        }
        return PasswordHash.argon2id(secret);
    }

    private Response replaced(WriteTx tx, Call call, User caller, String targetId, String hash) throws SQLException {
        boolean own = caller.id().equals(targetId);
        User before = identity.users.byId(tx, targetId).orElseThrow(Accounts::unknown);
        if (own && !before.passwordHash().equals(caller.passwordHash())) {
            throw new ApiRefusal(Kind.CONFLICT, "password_changed_meanwhile", "The password was replaced meanwhile.");
        }
        // A user who had no role until now gets one: a new session, so that nobody who saw the old token has it too.
        boolean promoted = own && before.mustChangePassword();
        @Nullable String kept = own && !promoted ? call.sessionId() : null;
        List<String> ended = replace(tx, before, hash, !own, kept, call);
        if (!promoted) {
            return Response.noContent();
        }
        User after = identity.users.byId(tx, targetId).orElseThrow();
        Sessions.Opened opened = identity.open(tx, call, after);
        assert ended.contains(call.sessionId());
        return identity.cookies.open(
                Response.noContent(),
                opened.token(),
                identity.sessions.csrfToken(opened.session().id()),
                after.id());
    }

    private List<String> replace(
            WriteTx tx, User before, String hash, boolean mustChange, @Nullable String kept, Call call)
            throws SQLException {
        List<String> ended = identity.sessions.endOthers(tx, before.id(), kept);
        identity.sessionsEnded(
                tx,
                call.event(IdentityEvents.SIGNED_OUT, "user:" + before.id(), Map.of("sessions", ended.size())),
                ended);
        store(
                tx,
                before,
                hash,
                mustChange,
                call.event(
                        IdentityEvents.PASSWORD_CHANGED,
                        "user:" + before.id(),
                        Map.of("must_change", mustChange, "sessions", ended.size())));
        return ended;
    }

    void store(WriteTx tx, User before, String hash, boolean mustChange, AuditEvent event) throws SQLException {
        identity.users.remember(tx, before, identity.clock.instant());
        identity.users.update(
                tx,
                new User(
                        before.id(),
                        before.name(),
                        hash,
                        before.role(),
                        mustChange,
                        before.created(),
                        before.disabled()),
                event);
    }

    static ApiRefusal unknown() {
        return new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no user with this id.");
    }

    private static FieldsRefused wrong(String field, String sentence) {
        return new FieldsRefused(List.of(FieldError.invalid(List.of("body", field), sentence, null)));
    }

    private static ApiRefusal weak(String field, String problem) {
        return new ApiRefusal(Kind.INVALID, "password_refused", field + " " + problem + ".");
    }
}
