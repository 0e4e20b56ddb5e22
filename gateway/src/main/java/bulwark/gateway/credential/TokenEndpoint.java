package bulwark.gateway.credential;

import bulwark.gateway.fetch.FetchAnswer;
import bulwark.gateway.fetch.FetchRequest;
import bulwark.gateway.fetch.GuardedFetch;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** The token endpoint of one credential, which knows the gateway as a client by a secret (RFC 6749 §2.3.1). What it answers is bounded and never repeated. Every call blocks; thread-safe. */
final class TokenEndpoint {
    private static final Duration MARGIN = Duration.ofSeconds(30);
    private static final Duration UNKNOWN_LIFETIME = Duration.ofMinutes(5);
    private static final long MAX_LIFETIME_SECONDS = 86_400;
    private static final long RETRY_DELAY_MILLIS = 200;
    private static final int MAX_TOKEN = 8_192;
    private static final int MAX_CODE = 60;
    private static final int OK = 200;

    private final BackendCredential credential;
    private final GuardedFetch fetch;
    private volatile SecretBytes secret;

    /** @param credential that names the endpoint and the client */
    TokenEndpoint(BackendCredential credential, SecretBytes secret, GuardedFetch fetch) {
        this.credential = credential;
        this.secret = secret;
        this.fetch = fetch;
    }

    /**
     * A token that was issued.
     *
     * @param lifetime until half a minute before it expires
     * @param answer all of it
     */
    record Issued(String token, Duration lifetime, JsonNode answer) {
        String text(String member) {
            JsonNode node = answer.path(member);
            return node.isString() ? node.stringValue() : "";
        }

        @Override
        public String toString() {
            return "[secret]";
        }
    }

    /** For the next token. */
    void rotate(SecretBytes next) {
        secret = next;
    }

    static String field(String name, String value) {
        return "&" + name + "=" + encoded(value);
    }

    /**
     * @param form what is asked for
     * @throws TokenRequestRefused when the endpoint says why it issues none
     * @throws IOException when it does not answer, or not as a token endpoint does
     */
    Issued request(String form) throws IOException {
        FetchAnswer answer = answer(form);
        if (answer.status() != OK) {
            throw refusal(answer);
        }
        JsonNode parsed = parsed(answer);
        String token = parsed.path("access_token").isString()
                ? parsed.path("access_token").stringValue()
                : "";
        boolean usable = !token.isEmpty() && token.length() <= MAX_TOKEN && CredentialJson.isUsable(token);
        if (!usable) {
            throw new IOException("the token endpoint answered without a usable access_token");
        }
        return new Issued(token, lifetime(parsed), parsed);
    }

    /** Asks twice at most. */
    private FetchAnswer answer(String form) throws IOException {
        IOException first;
        try {
            FetchAnswer answer = send(form);
            if (answer.status() / 100 != 5) {
                return answer;
            }
            first = new IOException("the token endpoint answered " + answer.status());
        } catch (IOException e) {
            first = e;
        }
        pause(first);
        return send(form);
    }

    private static void pause(IOException first) throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_DELAY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw first;
        }
    }

    private FetchAnswer send(String form) throws IOException {
        String pair =
                encoded(String.valueOf(credential.username())) + ":" + encoded(secret.exposeText(SecretAccess.grant()));
        try {
            return fetch.send(new FetchRequest(
                    "POST",
                    TargetUrl.parse(String.valueOf(credential.tokenUrl())),
                    form.getBytes(StandardCharsets.UTF_8),
                    "application/x-www-form-urlencoded",
                    Optional.of(SecretBytes.ofText(pair))));
        } catch (TargetRefused e) {
            throw new IOException("token_url cannot be used: " + e.getMessage(), e);
        }
    }

    private static JsonNode parsed(FetchAnswer answer) throws IOException {
        try {
            return StrictJson.parse(answer.body());
        } catch (StrictJson.JsonRefused e) {
            // Without the cause: it may quote what was sent.
            throw new IOException("the token endpoint answered something that is no JSON");
        }
    }

    private static IOException refusal(FetchAnswer answer) {
        String sentence = "the token endpoint answered " + answer.status();
        if (answer.status() / 100 != 4) {
            return new IOException(sentence);
        }
        try {
            JsonNode error = parsed(answer).path("error");
            String code = error.isString() ? error.stringValue() : "";
            return code.isEmpty() || code.length() > MAX_CODE
                    ? new IOException(sentence)
                    : new TokenRequestRefused(sentence + " and " + PrintableText.line(code), code);
        } catch (IOException e) {
            return new IOException(sentence);
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

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
