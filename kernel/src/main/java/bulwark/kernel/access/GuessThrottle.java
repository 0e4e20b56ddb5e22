package bulwark.kernel.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Slows those down who guess a secret: after some failures of a key each further one doubles the wait, up to a limit, and a success forgets them. Whose waits these are is the caller's choice of the key: one that names
 * the guesser (an address with a user, a session, a device) delays nobody else. Bounded; thread-safe.
 */
public final class GuessThrottle {
    private static final int MAX_KEYS = 100_000;
    private static final String OVERFLOW = "\0overflow";
    private static final int MAX_DOUBLINGS = 20;

    private final int free;
    private final Duration first;
    private final Duration longest;
    private final Clock clock;
    private final Map<String, Failures> failures = new ConcurrentHashMap<>();

    /**
     * @param free failures before the first wait
     * @param first length of the first wait
     * @param longest of any wait; as long after it a key is forgotten
     */
    public GuessThrottle(int free, Duration first, Duration longest, Clock clock) {
        this.free = free;
        this.first = first;
        this.longest = longest;
        this.clock = clock;
    }

    private record Failures(int count, Instant last) {}

    /** How long the key has to wait before its next guess is looked at; empty when it may guess now. */
    public Optional<Duration> waitOf(String key) {
        Failures known = failures.get(known(key));
        if (known == null || known.count < free || isForgotten(known)) {
            return Optional.empty();
        }
        Duration left = Duration.between(clock.instant(), known.last.plus(delay(known.count)));
        return left.isPositive() ? Optional.of(left) : Optional.empty();
    }

    public void failed(String key) {
        if (failures.size() >= MAX_KEYS) {
            failures.values().removeIf(this::isForgotten);
        }
        failures.compute(known(key), (name, before) -> next(before));
    }

    public void succeeded(String key) {
        failures.remove(key);
    }

    private Failures next(@Nullable Failures before) {
        int count = before == null || isForgotten(before) ? 0 : before.count;
        return new Failures(count + 1, clock.instant());
    }

    /** Keys that come when there is no room share one wait. */
    private String known(String key) {
        return failures.containsKey(key) || failures.size() < MAX_KEYS ? key : OVERFLOW;
    }

    private boolean isForgotten(Failures known) {
        return clock.instant().isAfter(known.last.plus(longest.multipliedBy(2)));
    }

    private Duration delay(int count) {
        Duration wait = first.multipliedBy(1L << Math.min(MAX_DOUBLINGS, count - free));
        return wait.compareTo(longest) < 0 ? wait : longest;
    }
}
