package bulwark.web;

import bulwark.kernel.access.Principal;
import bulwark.kernel.access.Sessions.Session;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sessions that were found live in the store, each for as long as nothing was committed to it since, and for a second at most: an edit of the file by hand counts no commit. Only for a store
 * that this process alone writes. Thread-safe.
 */
final class SessionCache {
    private static final int MAX_SESSIONS = 10_000;
    private static final long MAX_AGE_NANOS = Duration.ofSeconds(1).toNanos();

    private final Map<String, Known> known = new ConcurrentHashMap<>();

    /** @param commits of the store, counted before the look that found it */
    record Known(Session session, Principal principal, long commits, long nanos) {}

    void put(String tokenHash, Session session, Principal principal, long commits) {
        if (known.size() >= MAX_SESSIONS) {
            known.clear();
        }
        known.put(tokenHash, new Known(session, principal, commits, System.nanoTime()));
    }

    Optional<Known> get(String tokenHash, long commits) {
        Known found = known.get(tokenHash);
        if (found == null) {
            return Optional.empty();
        }
        if (found.commits() != commits || System.nanoTime() - found.nanos() > MAX_AGE_NANOS) {
            known.remove(tokenHash, found);
            return Optional.empty();
        }
        return Optional.of(found);
    }

    int size() {
        return known.size();
    }
}
