package bulwark.gateway.credential;

import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The access token of one credential (RFC 6749 §4.4): kept until thirty seconds before it expires, and asked for once however many calls wait for it. A failure is remembered for a second.
 * Thread-safe.
 */
final class ClientToken {
    private static final long FAILURE_MILLIS = 1_000;

    private final TokenEndpoint endpoint;
    private final String form;
    private final Clock clock;
    private final AtomicReference<@Nullable Issue> current = new AtomicReference<>();

    private static final class Issue {
        private final CompletableFuture<String> token = new CompletableFuture<>();
        /** Until it is known, the request is under way. */
        private volatile long untilMillis = Long.MAX_VALUE;
    }

    ClientToken(BackendCredential credential, TokenEndpoint endpoint, Clock clock) {
        this.endpoint = endpoint;
        this.clock = clock;
        this.form = "grant_type=client_credentials"
                + (credential.scope() == null ? "" : TokenEndpoint.field("scope", credential.scope()));
    }

    /** Completed on another thread unless the token is here; fails when there is none to be had. */
    CompletableFuture<String> get() {
        while (true) {
            Issue issue = current.get();
            if (issue != null && clock.millis() < issue.untilMillis) {
                return issue.token;
            }
            Issue next = new Issue();
            if (current.compareAndSet(issue, next)) {
                Thread.ofVirtual().name("backend-token").start(() -> request(next));
                return next.token;
            }
        }
    }

    private void request(Issue issue) {
        try {
            TokenEndpoint.Issued issued = endpoint.request(form);
            issue.untilMillis = clock.millis() + issued.lifetime().toMillis();
            issue.token.complete(issued.token());
        } catch (IOException | RuntimeException e) {
            issue.untilMillis = clock.millis() + FAILURE_MILLIS;
            issue.token.completeExceptionally(e);
        }
    }
}
