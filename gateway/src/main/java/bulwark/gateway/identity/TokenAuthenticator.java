package bulwark.gateway.identity;

import bulwark.gateway.identity.FirstSightGate.Denial;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a token is worth: at once when it was seen before, else after a verification on a virtual thread, as far as the {@link FirstSightGate} lets it. Requests that arrive with
 * one new token share its verification. Thread-safe.
 */
public final class TokenAuthenticator {
    private final TokenVerifier verifier;
    private final VerifiedTokenCache cache;
    private final TokenRevocationList revocations;
    private final FirstSightGate gate;
    private final ConcurrentMap<TokenDigest, CompletableFuture<TokenVerdict>> flights = new ConcurrentHashMap<>();

    public TokenAuthenticator(
            TokenVerifier verifier, TokenRevocationList revocations, FirstSightGate gate, Clock clock) {
        this.verifier = verifier;
        this.revocations = revocations;
        this.gate = gate;
        this.cache = new VerifiedTokenCache(clock, revocations);
    }

    /** Null when {@link #verify} must be asked. Never blocks; for the event loop. */
    public @Nullable TokenVerdict known(TokenDigest digest) {
        return cache.get(digest);
    }

    /**
     * Completes on a virtual thread, or at once when the token is known or may not be looked at now.
     *
     * @param digest of the token
     * @param source see {@link FirstSightGate#source}
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
        Denial denial = gate.tryEnter(source);
        return denial == null
                ? begin(token, digest)
                : CompletableFuture.completedFuture(new TokenVerdict.NotNow(denial));
    }

    private CompletableFuture<TokenVerdict> begin(String token, TokenDigest digest) {
        CompletableFuture<TokenVerdict> mine = new CompletableFuture<>();
        CompletableFuture<TokenVerdict> other = flights.putIfAbsent(digest, mine);
        if (other != null) {
            gate.leave();
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
            gate.leave();
        }
    }

    /** How many good tokens are known. */
    public long size() {
        return cache.size();
    }
}
