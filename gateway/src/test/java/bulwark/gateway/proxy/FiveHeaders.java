package bulwark.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.proxy.WireClient.Answer;
import java.util.Map;

/** What every answer must bear, exactly once, with exactly these values. */
final class FiveHeaders {
    private static final Map<String, String> VALUES = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "X-XSS-Protection", "0",
            "Referrer-Policy", "strict-origin-when-cross-origin",
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()");

    private FiveHeaders() {}

    static void assertIn(Answer answer) {
        VALUES.forEach((name, value) ->
                assertThat(answer.values(name)).as("%s in %s", name, answer).containsExactly(value));
        assertThat(answer.has("Server")).as("Server in %s", answer).isFalse();
        assertThat(answer.has("X-Powered-By")).isFalse();
    }
}
