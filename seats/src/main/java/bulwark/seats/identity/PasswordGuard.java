package bulwark.seats.identity;

import bulwark.kernel.access.GuessThrottle;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.PasswordHash;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at passwords and slows guessers down. A wait has the name of who guesses: an address together with a username, a device that is known, or a session; so nobody can lock somebody else out. Thread-safe.
 */
final class PasswordGuard {
    private static final int FREE_GUESSES = 5;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(30);
    private static final Duration MAX_WAIT = Duration.ofMinutes(15);
    private static final int TOO_MANY_REQUESTS = 429;

    /** For names that nobody has: looking at a password takes as long. */
    private final String nobody = PasswordHash.argon2id(SecretBytes.ofText("nobody has this password"));

    private final GuessThrottle guesses;

    PasswordGuard(Clock clock) {
        guesses = new GuessThrottle(FREE_GUESSES, FIRST_WAIT, MAX_WAIT, clock);
    }

    /**
     * @param guesser whom a failure delays
     * @throws ApiRefusal 429 when the guesser has to wait; nothing was looked at
     */
    boolean matches(String guesser, Optional<User> user, String password) {
        guesses.waitOf(guesser).ifPresent(PasswordGuard::refuse);
        SecretBytes secret = SecretBytes.ofText(password);
        boolean right =
                PasswordHash.matches(secret, user.map(User::passwordHash).orElse(nobody))
                        && user.isPresent()
                        && user.get().disabled() == null;
        if (right) {
            guesses.succeeded(guesser);
        } else {
            guesses.failed(guesser);
        }
        return right;
    }

    static void refuse(Duration wait) {
        long seconds = Math.max(1, wait.toSeconds() + (wait.toNanosPart() > 0 ? 1 : 0));
        throw new ApiRefusal(
                Kind.UNAVAILABLE,
                "too_many_guesses",
                "Too many wrong passwords from here: wait " + seconds + " seconds.",
                Map.of("status", TOO_MANY_REQUESTS, "retryAfter", seconds));
    }
}
