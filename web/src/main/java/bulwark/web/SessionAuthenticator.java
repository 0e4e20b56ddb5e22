package bulwark.web;

import bulwark.kernel.access.Principal;
import bulwark.kernel.access.Sessions;
import bulwark.kernel.access.Sessions.Session;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A session cookie. What ends a session ends it at the next request, in every process: a look at the store counts only until the next commit, and not at all where several processes write. What may change something must show the session's CSRF token in {@value #CSRF_HEADER} too; the edge looks at the origin. Thread-safe.
 */
public final class SessionAuthenticator implements Authenticator {
    public static final String KIND = "session";
    public static final String CSRF_HEADER = "X-CSRF-Token";
    /** Reason of a refusal because of that header. */
    public static final String CSRF = "csrf";

    private static final Set<String> SAFE = Set.of("GET", "HEAD");
    private static final String SENTENCE = "The session is not known or has ended: sign in again";

    private final Sessions sessions;
    private final Store store;
    private final String cookie;
    private final Bearer bearer;
    private final Consumer<Session> used;
    private final SessionCache cache = new SessionCache();

    /** Who has a session, as the part knows people. */
    @FunctionalInterface
    public interface Bearer {
        /** Empty for somebody who may not sign in any more. */
        Optional<Principal> principal(ReadTx tx, Session session) throws SQLException;
    }

    /** @param used notified of each session that was used; never blocking */
    public SessionAuthenticator(Sessions sessions, Store store, String cookie, Bearer bearer, Consumer<Session> used) {
        this.sessions = sessions;
        this.store = store;
        this.cookie = cookie;
        this.bearer = bearer;
        this.used = used;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public boolean isAmbient() {
        return true;
    }

    @Override
    public Optional<Outcome> tryAuthenticate(AuthenticationRequest request) {
        List<String> tokens = request.cookies().all(cookie);
        return switch (tokens.size()) {
            case 0 -> Optional.of(Outcome.NotPresented.NOT_PRESENTED);
            case 1 -> remembered(tokens.getFirst(), request);
            default -> Optional.of(new Outcome.Refused("malformed", "The session cookie came twice", null));
        };
    }

    @Override
    public Outcome authenticate(AuthenticationRequest request) {
        return tryAuthenticate(request)
                .orElseGet(() -> found(request.cookies().all(cookie).getFirst(), request));
    }

    private Optional<Outcome> remembered(String token, AuthenticationRequest request) {
        return cache.get(sessions.hash(token), store.stats().commits())
                .filter(known -> sessions.isLive(known.session()))
                .map(known -> live(known.session(), known.principal(), request));
    }

    private Outcome found(String token, AuthenticationRequest request) {
        // Before the look: a commit beside it makes what was seen old.
        long commits = store.stats().commits();
        return store.read(tx -> switch (sessions.find(tx, token)) {
            case Sessions.Verdict.Live live -> found(tx, live.session(), token, commits, request);
            case Sessions.Verdict.Dead dead -> new Outcome.Refused(dead.reason(), SENTENCE, null, dead.sessionId());
            case Sessions.Verdict.Unknown _ -> new Outcome.Refused("unknown", SENTENCE, null);
        });
    }

    private Outcome found(ReadTx tx, Session session, String token, long commits, AuthenticationRequest request)
            throws SQLException {
        Optional<Principal> principal = bearer.principal(tx, session);
        if (principal.isEmpty()) {
            return new Outcome.Refused("revoked", SENTENCE, null, session.id());
        }
        if (!tx.isShared()) {
            cache.put(sessions.hash(token), session, principal.get(), commits);
        }
        return live(session, principal.get(), request);
    }

    private Outcome live(Session session, Principal principal, AuthenticationRequest request) {
        if (!SAFE.contains(request.method())
                && !showsToken(session, request.headers().all(CSRF_HEADER))) {
            return new Outcome.Refused(
                    CSRF, CSRF_HEADER + " must hold the CSRF token of the session, once", null, session.id());
        }
        used.accept(session);
        return new Outcome.Identified(principal);
    }

    private boolean showsToken(Session session, List<String> presented) {
        return presented.size() == 1 && sessions.isCsrfToken(session.id(), presented.getFirst());
    }
}
