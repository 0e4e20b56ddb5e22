package bulwark.gateway.credential;

import bulwark.gateway.fetch.FetchAnswer;
import bulwark.gateway.fetch.FetchRequest;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The access token of one credential (RFC 6749 §4.4): kept until thirty seconds before it expires, and asked for once however many calls wait for it. A failure is remembered for a second.
 * Thread-safe.
 */
final class ClientToken {
    private static final Duration MARGIN = Duration.ofSeconds(30);
    private static final Duration UNKNOWN_LIFETIME = Duration.ofMinutes(5);
    private static final long MAX_LIFETIME_SECONDS = 86_400;
    private static final long FAILURE_MILLIS = 1_000;
    private static final long RETRY_DELAY_MILLIS = 200;
    private static final int MAX_TOKEN = 8_192;
    private static final int OK = 200;

    private final BackendCredential credential;
    private volatile SecretBytes secret;
    private final GuardedFetch fetch;
    private final Clock clock;
    private final AtomicReference<@Nullable Issue> current = new AtomicReference<>();

    private static final class Issue {
        private final CompletableFuture<String> token = new CompletableFuture<>();
        /** Until it is known, the request is under way. */
        private volatile long untilMillis = Long.MAX_VALUE;
    }

    ClientToken(BackendCredential credential, SecretBytes secret, GuardedFetch fetch, Clock clock) {
        this.credential = credential;
        this.secret = secret;
        this.fetch = fetch;
        this.clock = clock;
    }

    /** For the next token; the present one goes on until it expires. */
    void rotate(SecretBytes next) {
        secret = next;
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
            JsonNode answer = StrictJson.parse(asked());
            String token = answer.path("access_token").isString()
                    ? answer.path("access_token").stringValue()
                    : "";
            boolean usable = !token.isEmpty()
                    && token.length() <= MAX_TOKEN
                    && token.chars().allMatch(c -> c > ' ' && c < 0x7f);
            if (!usable) {
                throw new IOException("the token endpoint answered without a usable access_token");
            }
            issue.untilMillis = clock.millis() + lifetime(answer).toMillis();
            issue.token.complete(token);
        } catch (IOException | RuntimeException e) {
            issue.untilMillis = clock.millis() + FAILURE_MILLIS;
            issue.token.completeExceptionally(e);
        }
    }

    private static Duration lifetime(JsonNode answer) {
        JsonNode expires = answer.path("expires_in");
        Duration whole = expires.isIntegralNumber() && expires.canConvertToLong()
                ? Duration.ofSeconds(Math.clamp(expires.longValue(), 0, MAX_LIFETIME_SECONDS))
                : UNKNOWN_LIFETIME;
        Duration less = whole.minus(MARGIN);
        return less.isNegative() ? Duration.ofSeconds(1) : less;
    }

    /** Twice at most. */
    private byte[] asked() throws IOException {
        try {
            return ask();
        } catch (IOException first) {
            try {
                TimeUnit.MILLISECONDS.sleep(RETRY_DELAY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw first;
            }
            return ask();
        }
    }

    private byte[] ask() throws IOException {
        String form = "grant_type=client_credentials"
                + (credential.scope() == null ? "" : "&scope=" + encoded(credential.scope()));
        String pair =
                encoded(String.valueOf(credential.username())) + ":" + encoded(secret.exposeText(SecretAccess.grant()));
        try {
            FetchAnswer answer = fetch.send(new FetchRequest(
                    "POST",
                    TargetUrl.parse(String.valueOf(credential.tokenUrl())),
                    form.getBytes(StandardCharsets.UTF_8),
                    "application/x-www-form-urlencoded",
                    Optional.of(SecretBytes.ofText(pair))));
            if (answer.status() != OK) {
                throw new IOException("the token endpoint answered " + answer.status());
            }
            return answer.body();
        } catch (TargetRefused e) {
            throw new IOException("token_url cannot be used: " + e.getMessage(), e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
