package bulwark.gateway.secret;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.secrets.SecretBytes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A secret that callers show, as two settings have it: good are the current one, the previous one while it is configured, and for five minutes the one that a replaced current one was, so
 * that a rotation fails no call of a tool that has yet to read the new file. Thread-safe.
 */
public final class RotatedSecret {
    /** A shorter one can be guessed. */
    public static final int MIN_LENGTH = 32;

    private static final Duration GRACE = Duration.ofMinutes(5);

    private final Names names;
    private final Clock clock;
    private volatile Tokens tokens;

    /** Of its two settings, with their prefix. */
    public record Names(String current, String previous) {}

    /** @param formerUntil end of the grace of the former token */
    private record Tokens(
            @Nullable SecretBytes current,
            @Nullable SecretBytes previous,
            @Nullable SecretBytes former,
            Instant formerUntil) {}

    /** Which one was presented. */
    public enum Match {
        CURRENT,
        PREVIOUS,
        NONE
    }

    public RotatedSecret(Configuration settings, Names names, Clock clock) {
        this.names = names;
        this.clock = clock;
        this.tokens = new Tokens(current(settings), previous(settings), null, Instant.EPOCH);
    }

    private @Nullable SecretBytes current(Configuration settings) {
        return settings.secret(names.current()).orElse(null);
    }

    private @Nullable SecretBytes previous(Configuration settings) {
        return settings.secret(names.previous()).orElse(null);
    }

    /**
     * Takes over what the settings say now. A current one is never taken away while the process runs, which would lock everybody out by a slip; one that is too short is not taken.
     *
     * @return whether the current one is another
     */
    public synchronized boolean rotate(Configuration settings) {
        Tokens before = tokens;
        Optional<SecretBytes> next = settings.secret(names.current()).filter(token -> token.length() >= MIN_LENGTH);
        SecretBytes was = before.current();
        boolean other = next.isPresent() && was != null && !next.get().equalsSecret(was);
        tokens = new Tokens(
                other ? next.get() : was,
                previous(settings),
                other ? was : before.former(),
                other ? clock.instant().plus(GRACE) : before.formerUntil());
        return other;
    }

    /** Whether there is one; else nobody is let in. */
    public boolean isEnabled() {
        return tokens.current() != null;
    }

    /** In constant time: all are always compared, so that the time does not tell which are set. */
    public Match match(SecretBytes presented) {
        Tokens now = tokens;
        SecretBytes current = now.current();
        if (current == null) {
            return Match.NONE;
        }
        boolean inGrace = clock.instant().isBefore(now.formerUntil());
        boolean isCurrent = current.equalsSecret(presented);
        boolean isPrevious = or(now.previous(), current).equalsSecret(presented);
        boolean isFormer = or(now.former(), current).equalsSecret(presented) & inGrace;
        return isCurrent ? Match.CURRENT : isPrevious | isFormer ? Match.PREVIOUS : Match.NONE;
    }

    private static SecretBytes or(@Nullable SecretBytes secret, SecretBytes other) {
        return secret == null ? other : secret;
    }
}
