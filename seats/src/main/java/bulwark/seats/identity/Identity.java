package bulwark.seats.identity;

import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.kernel.access.Sessions;
import bulwark.kernel.access.Sessions.Session;
import bulwark.kernel.access.StepUpTokens;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.route.Call;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.store.SeatStore;
import bulwark.web.SessionAuthenticator;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** People, their sessions and their step-ups: what the routes of this package share. Thread-safe. */
public final class Identity {
    private static final Sessions.Lifetime LIFETIME =
            new Sessions.Lifetime(Duration.ofMinutes(30), Duration.ofHours(12));

    final SeatStore store;
    final UserTable users;
    final Sessions sessions;
    final StepUpTokens stepUps;
    final SessionCookies cookies;
    final PasswordGuard passwords;
    final Clock clock;

    /** @param stepUps whose tokens the routes take */
    public Identity(SeatStore store, SecretBytes sessionKey, boolean secureCookies, StepUpTokens stepUps, Clock clock) {
        this.store = store;
        this.clock = clock;
        this.stepUps = stepUps;
        users = new UserTable(store.audited().audit().guardedRows());
        sessions = new Sessions(sessionKey, LIFETIME, clock);
        cookies = new SessionCookies(secureCookies, sessionKey, Signing.fastest());
        passwords = new PasswordGuard(clock);
    }

    public SessionAuthenticator authenticator() {
        return new SessionAuthenticator(
                sessions, store.audited().store(), cookies.session(), this::principal, this::used);
    }

    /** Every route about people. */
    public List<SeatRoute> routes() {
        List<SeatRoute> routes = new ArrayList<>(new SignIn(this).routes());
        routes.addAll(new Accounts(this).routes());
        return routes;
    }

    /** What the owner of the process can do without a session. */
    public OwnerAccounts owner() {
        return new OwnerAccounts(this);
    }

    /** Empty for a session or a user that the audit log does not vouch for, and for one who may not sign in any more. */
    private Optional<Principal> principal(ReadTx tx, Session session) throws SQLException {
        if (!store.audited().audit().guardedRows().vouchesFor(tx, SeatStore.SESSIONS, session.id())) {
            return Optional.empty();
        }
        return users.byId(tx, session.userId())
                .filter(user -> user.disabled() == null)
                .map(user -> principal(user, session));
    }

    /** A user whose password must be changed has no role until then. */
    private static Principal principal(User user, Session session) {
        Set<String> permissions = user.mustChangePassword() ? Set.of() : Roles.permissions(user.role());
        Authentication how = new Authentication(
                Authentication.Method.SESSION, Set.of(user.role()), null, session.expires(), Confirmation.NONE);
        return new Principal(Call.actor(user.id()), "default", permissions, session.id(), Set.of(), how);
    }

    private void used(Session session) {
        if (sessions.isSeenDue(session)) {
            store.audited().store().submit(tx -> {
                sessions.seen(tx, session.id());
                return 0;
            });
        }
    }

    /** Of the person who calls, in lower case, as the list of approvers names people; the static token and the owner's socket have names that no person has. */
    public String callerName(ReadTx tx, Call call) throws SQLException {
        return call.hasSession()
                ? caller(tx, call).name().toLowerCase(Locale.ROOT)
                : call.caller().entityUri();
    }

    User caller(ReadTx tx, Call call) throws SQLException {
        return users.byId(tx, call.userId()).orElseThrow();
    }

    /** Opens a session with its audit row. */
    Sessions.Opened open(WriteTx tx, Call call, User user) throws SQLException {
        String agent = call.request().header("User-Agent").orElse("");
        Sessions.Opened opened = sessions.open(tx, user.id(), call.request().remote(), agent);
        AuditEvent event = call.eventOf(
                IdentityEvents.SIGNED_IN,
                Call.actor(user.id()),
                "session:" + opened.session().id(),
                Map.of());
        store.audited()
                .audit()
                .guardedRows()
                .append(tx, event, SeatStore.SESSIONS, opened.session().id());
        return opened;
    }

    /** Writes the row of an event that changed these sessions. */
    void sessionsEnded(WriteTx tx, AuditEvent event, List<String> ended) throws SQLException {
        Map<GuardedTable, List<List<String>>> changed = new LinkedHashMap<>();
        changed.put(SeatStore.SESSIONS, ended.stream().map(List::of).toList());
        store.audited().audit().guardedRows().append(tx, event, changed);
    }
}
