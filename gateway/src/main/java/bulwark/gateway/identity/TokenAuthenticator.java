package bulwark.gateway.identity;

import bulwark.kernel.quota.Quotas;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a token is worth: at once when it was seen before, else after a verification on a virtual thread. How many verifications run is bounded, and how many new tokens one
 * source may present in a second: a flood of made-up tokens costs its sender's budget and nothing else. Requests that arrive with one new token share its verification.
 * Thread-safe.
 */
public final class TokenAuthenticator {
    private static final String FIRST_SIGHT = "first_sight";
    private static final int MAX_UNDER_WAY = 256;

    private final TokenVerifier verifier;
    private final VerifiedTokenCache cache;
    private final TokenRevocationList revocations;
    private final Quotas budgets;
    private final Semaphore underWay = new Semaphore(MAX_UNDER_WAY);
    private final ConcurrentMap<TokenDigest, CompletableFuture<TokenVerdict>> flights = new ConcurrentHashMap<>();

    /** @param firstSightsPerSecond new tokens of one source; also how many may come at once */
    public TokenAuthenticator(
            TokenVerifier verifier, TokenRevocationList revocations, long firstSightsPerSecond, Clock clock) {
        this.verifier = verifier;
        this.revocations = revocations;
        this.cache = new VerifiedTokenCache(clock, revocations);
        this.budgets =
                Quotas.of(Map.of(FIRST_SIGHT, new Quotas.Limit(firstSightsPerSecond, firstSightsPerSecond)), clock);
    }

    /** Null when {@link #verify} must be asked. Never blocks; for the event loop. */
    public @Nullable TokenVerdict known(TokenDigest digest) {
        return cache.get(digest);
    }

    /**
     * Completes on a virtual thread, or at once when the token is known or may not be looked at now.
     *
     * @param digest of the token
     * @param source for instance the address of the peer
     */
    public CompletableFuture<TokenVerdict> verify(String token, TokenDigest digest, String source) {
        TokenVerdict known = known(digest);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        CompletableFuture<TokenVerdict> other = flights.get(digest);
        if (other != null) {
            return other;
        }
        if (budgets.tryAcquire(source, "", FIRST_SIGHT) instanceof Quotas.Decision.Refused refused) {
            return CompletableFuture.completedFuture(new TokenVerdict.TooManyNew(refused.retryAfter()));
        }
        return begin(token, digest);
    }

    private CompletableFuture<TokenVerdict> begin(String token, TokenDigest digest) {
        if (!underWay.tryAcquire()) {
            return CompletableFuture.completedFuture(new TokenVerdict.Overloaded());
        }
        CompletableFuture<TokenVerdict> mine = new CompletableFuture<>();
        CompletableFuture<TokenVerdict> other = flights.putIfAbsent(digest, mine);
        if (other != null) {
            underWay.release();
            return other;
        }
        Thread.ofVirtual().name("token-verification").start(() -> run(token, digest, mine));
        return mine;
    }

    private void run(String token, TokenDigest digest, CompletableFuture<TokenVerdict> mine) {
        try {
            long before = revocations.orders();
            TokenVerdict verdict = cache.put(digest, verifier.verify(token), before);
            flights.remove(digest, mine);
            mine.complete(verdict);
        } catch (RuntimeException | Error e) {
            flights.remove(digest, mine);
            mine.completeExceptionally(e);
        } finally {
            underWay.release();
        }
    }

    /** How many good tokens are known. */
    public long size() {
        return cache.size();
    }

    /** Whether any token could be verified now. */
    public boolean hasKeys() {
        return verifier.keys().hasKeys();
    }
}
