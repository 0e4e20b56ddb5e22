package bulwark.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of tokens that were seen before. A good one is known until it expires, its key is withdrawn or it is revoked; a bad one for ten seconds, so that a client that
 * repeats it costs little. Both are bounded. Thread-safe; never blocks.
 */
final class VerifiedTokenCache {
    static final int MAX_GOOD = 100_000;

    private static final int MAX_BAD = 10_000;
    private static final Duration BAD_TTL = Duration.ofSeconds(10);
    /** Faults that the next key set or the next second may mend. */
    private static final Set<TokenFault> PASSING = Set.of(TokenFault.UNKNOWN_KEY, TokenFault.NOT_YET_VALID);

    private final Clock clock;
    private final TokenRevocationList revocations;
    private final Cache<TokenDigest, TokenVerdict.Verified> good =
            Caffeine.newBuilder().maximumSize(MAX_GOOD).build();
    private final Cache<TokenDigest, BadToken> bad =
            Caffeine.newBuilder().maximumSize(MAX_BAD).build();

    private record BadToken(TokenVerdict verdict, long untilMillis) {}

    VerifiedTokenCache(Clock clock, TokenRevocationList revocations) {
        this.clock = clock;
        this.revocations = revocations;
        revocations.onRevocation(this::drop);
    }

    /** Null when the token was never seen, or not lately. */
    @Nullable
    TokenVerdict get(TokenDigest digest) {
        TokenVerdict.Verified verified = good.getIfPresent(digest);
        long now = clock.millis();
        if (verified != null) {
            if (verified.token().isLive(now)) {
                return verified;
            }
            good.invalidate(digest);
            return null;
        }
        BadToken refused = bad.getIfPresent(digest);
        return refused != null && now < refused.untilMillis ? refused.verdict : null;
    }

    /**
     * Keeps what may be kept.
     *
     * @param ordersBefore {@link TokenRevocationList#orders} when the verification began
     * @return the verdict, or the refusal that a revocation has made of it meanwhile
     */
    TokenVerdict put(TokenDigest digest, TokenVerdict verdict, long ordersBefore) {
        if (verdict instanceof TokenVerdict.Verified verified) {
            if (revocations.isRevoked(verified.token())) {
                return new TokenVerdict.Refused(TokenFault.REVOKED);
            }
            good.put(digest, verified);
            // An order that came between the question and the entry has not found the entry.
            if (revocations.orders() != ordersBefore && revocations.isRevoked(verified.token())) {
                good.invalidate(digest);
                return new TokenVerdict.Refused(TokenFault.REVOKED);
            }
        } else if (isLasting(verdict)) {
            bad.put(digest, new BadToken(verdict, clock.millis() + BAD_TTL.toMillis()));
        }
        return verdict;
    }

    long size() {
        good.cleanUp();
        return good.estimatedSize();
    }

    private static boolean isLasting(TokenVerdict verdict) {
        return verdict instanceof TokenVerdict.Refused refused && !PASSING.contains(refused.fault());
    }

    private void drop(TokenRevocation revocation) {
        good.asMap().values().removeIf(verified -> revocation.concerns(verified.token()));
    }
}
