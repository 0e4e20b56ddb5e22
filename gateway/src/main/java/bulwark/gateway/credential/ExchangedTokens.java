package bulwark.gateway.credential;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tokens for one backend that were made out of the callers' own (RFC 8693): each is kept, under the digest of the caller's, until one of both expires, and asked for once however many calls wait for it. The
 * least used are forgotten beyond a bound. That a caller gets none is remembered for ten seconds, and a failure for one. Thread-safe.
 */
final class ExchangedTokens {
    /** Of one credential. */
    static final int MAX_TOKENS = 10_000;

    private static final int MAX_AT_ONCE = 64;
    private static final long FAILURE_MILLIS = 1_000;
    private static final long REFUSAL_MILLIS = 10_000;
    private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

    private final TokenEndpoint endpoint;
    private final String form;
    private final Clock clock;
    private final int max;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Exchange> bySubject = new LinkedHashMap<>(16, 0.75f, true);
    private final Semaphore slots = new Semaphore(MAX_AT_ONCE);

    private static final class Exchange {
        private final CompletableFuture<String> token = new CompletableFuture<>();
        /** Until it is known, the request is under way. */
        private volatile long untilMillis = Long.MAX_VALUE;
    }

    /** @param max tokens that are kept */
    ExchangedTokens(BackendCredential credential, TokenEndpoint endpoint, Clock clock, int max) {
        this.endpoint = endpoint;
        this.max = max;
        this.clock = clock;
        this.form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"
                + TokenEndpoint.field("requested_token_type", ACCESS_TOKEN)
                + TokenEndpoint.field("subject_token_type", ACCESS_TOKEN)
                + TokenEndpoint.field("audience", String.valueOf(credential.audience()))
                + (credential.scope() == null ? "" : TokenEndpoint.field("scope", credential.scope()));
    }

    /**
     * Completed on another thread unless the token is here; fails with {@link TokenRequestRefused} when the caller gets none.
     *
     * @param subject the caller's own token, which was verified
     * @param expires its end
     */
    CompletableFuture<String> get(SecretBytes subject, Instant expires) {
        String token = subject.exposeText(SecretAccess.grant());
        String key = Digests.sha256Hex(token.getBytes(StandardCharsets.US_ASCII));
        Exchange next = new Exchange();
        lock.lock();
        try {
            Exchange known = bySubject.get(key);
            if (known != null && clock.millis() < known.untilMillis) {
                return known.token;
            }
            if (!slots.tryAcquire()) {
                return CompletableFuture.failedFuture(new IOException("the token endpoint is asked for " + MAX_AT_ONCE
                        + " tokens at once already, and answers slowly"));
            }
            bySubject.put(key, next);
            forgetTheLeastUsed();
        } finally {
            lock.unlock();
        }
        Thread.ofVirtual().name("token-exchange").start(() -> exchange(next, token, expires));
        return next.token;
    }

    private void forgetTheLeastUsed() {
        if (bySubject.size() > max) {
            bySubject.remove(bySubject.keySet().iterator().next());
        }
    }

    /** How many are kept. */
    int size() {
        lock.lock();
        try {
            return bySubject.size();
        } finally {
            lock.unlock();
        }
    }

    private void exchange(Exchange exchange, String subject, Instant expires) {
        try {
            TokenEndpoint.Issued issued = endpoint.request(form + TokenEndpoint.field("subject_token", subject));
            String problem = problem(issued, subject);
            if (problem != null) {
                throw new IOException(problem);
            }
            long until = clock.millis() + issued.lifetime().toMillis();
            exchange.untilMillis = expires.equals(Instant.MAX) ? until : Math.min(until, expires.toEpochMilli());
            exchange.token.complete(issued.token());
        } catch (IOException | RuntimeException e) {
            boolean refused = e instanceof TokenRequestRefused answer && answer.concernsCaller();
            exchange.untilMillis = clock.millis() + (refused ? REFUSAL_MILLIS : FAILURE_MILLIS);
            exchange.token.completeExceptionally(e);
        } finally {
            // An error of the machine, too, must not leave calls waiting for a token that nobody asks for any more.
            if (!exchange.token.isDone()) {
                exchange.untilMillis = clock.millis() + FAILURE_MILLIS;
                exchange.token.completeExceptionally(new IOException("the request for the token ended early"));
            }
            slots.release();
        }
    }

    /** What an endpoint that is broken, or hostile, may send in place of another token. */
    private static @Nullable String problem(TokenEndpoint.Issued issued, String subject) {
        if (!issued.text("issued_token_type").equals(ACCESS_TOKEN)) {
            return "the token endpoint answered without issued_token_type " + ACCESS_TOKEN;
        }
        if (!issued.text("token_type").equalsIgnoreCase("Bearer")) {
            return "the token endpoint answered a token that is not of type Bearer";
        }
        return issued.token().equals(subject)
                ? "the token endpoint gave the caller's own token back, which no backend may get"
                : null;
    }
}
