package bulwark.web;

import bulwark.kernel.access.Principal;
import bulwark.kernel.access.Sessions;
import bulwark.kernel.access.Sessions.Session;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.ReadableStore;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A session cookie. Each request reads the store, so that a session ends everywhere at once. What may change something must show the session's CSRF token in {@value #CSRF_HEADER} too; the edge looks at the origin. Thread-safe.
 */
public final class SessionAuthenticator implements Authenticator {
    public static final String KIND = "session";
    public static final String CSRF_HEADER = "X-CSRF-Token";
    /** Reason of a refusal because of that header. */
    public static final String CSRF = "csrf";

    private static final Set<String> SAFE = Set.of("GET", "HEAD");
    private static final String SENTENCE = "The session is not known or has ended: sign in again";

    private final Sessions sessions;
    private final ReadableStore store;
    private final String cookie;
    private final Bearer bearer;
    private final Consumer<Session> used;

    /** Who has a session, as the part knows people. */
    @FunctionalInterface
    public interface Bearer {
        /** Empty for somebody who may not sign in any more. */
        Optional<Principal> principal(ReadTx tx, Session session) throws SQLException;
    }

    /** @param used notified of each session that was used; never blocking */
    public SessionAuthenticator(
            Sessions sessions, ReadableStore store, String cookie, Bearer bearer, Consumer<Session> used) {
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
        return request.cookies().all(cookie).isEmpty()
                ? Optional.of(Outcome.NotPresented.NOT_PRESENTED)
                : Optional.empty();
    }

    @Override
    public Outcome authenticate(AuthenticationRequest request) {
        List<String> tokens = request.cookies().all(cookie);
        if (tokens.isEmpty()) {
            return Outcome.NotPresented.NOT_PRESENTED;
        }
        if (tokens.size() > 1) {
            return new Outcome.Refused("malformed", "The session cookie came twice", null);
        }
        return store.read(tx -> outcome(tx, tokens.getFirst(), request));
    }

    private Outcome outcome(ReadTx tx, String token, AuthenticationRequest request) throws SQLException {
        return switch (sessions.find(tx, token)) {
            case Sessions.Verdict.Live live -> live(tx, live.session(), request);
            case Sessions.Verdict.Dead dead -> new Outcome.Refused(dead.reason(), SENTENCE, null, dead.sessionId());
            case Sessions.Verdict.Unknown _ -> new Outcome.Refused("unknown", SENTENCE, null);
        };
    }

    private Outcome live(ReadTx tx, Session session, AuthenticationRequest request) throws SQLException {
        Optional<Principal> principal = bearer.principal(tx, session);
        if (principal.isEmpty()) {
            return new Outcome.Refused("revoked", SENTENCE, null, session.id());
        }
        if (!SAFE.contains(request.method())
                && !showsToken(session, request.headers().all(CSRF_HEADER))) {
            return new Outcome.Refused(
                    CSRF, CSRF_HEADER + " must hold the CSRF token of the session, once", null, session.id());
        }
        used.accept(session);
        return new Outcome.Identified(principal.get());
    }

    private boolean showsToken(Session session, List<String> presented) {
        return presented.size() == 1 && sessions.isCsrfToken(session.id(), presented.getFirst());
    }
}
