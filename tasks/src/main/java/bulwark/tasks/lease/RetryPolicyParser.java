package bulwark.tasks.lease;

import bulwark.tasks.handler.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads {@code stem.retryPolicy}. Members of a wrong type count as absent. Form: Stem 0.2. */
public final class RetryPolicyParser {
    private static final long MAX_DELAY_MS = Duration.ofDays(30).toMillis();
    private static final int MAX_NAMES = 100;

    private RetryPolicyParser() {}

    static @Nullable public RetryPolicy of(JsonNode json) {
        if (!json.isObject()) {
            return null;
        }
        JsonNode most = json.path("maxRetries");
        return new RetryPolicy(
                json.path("backoff").asBoolean(false),
                json.path("backoffMaxMs").isNumber() ? millis(json.path("backoffMaxMs")) : null,
                json.path("jitter").asBoolean(true),
                millis(json.path("defaultDelayMs")),
                most.isIntegralNumber() && most.canConvertToInt() ? Math.max(0, most.intValue()) : null,
                names(json.path("autoRetryFor")),
                names(json.path("dontAutoRetryFor")));
    }

    private static Duration millis(JsonNode number) {
        return Duration.ofMillis(number.isNumber() ? Math.clamp(number.asLong(0), 0, MAX_DELAY_MS) : 0);
    }

    private static List<String> names(JsonNode array) {
        List<String> names = new ArrayList<>();
        for (JsonNode name : array) {
            if (name.isString() && names.size() < MAX_NAMES) {
                names.add(name.stringValue());
            }
        }
        return names;
    }
}
