package bulwark.tasks.handler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * When and how a task is retried. JSON form of Stem 0.2 {@code {backoff, backoffMaxMs?, jitter, defaultDelayMs, maxRetries?, autoRetryFor, dontAutoRetryFor}} in meta {@code stem.retryPolicy}.
 *
 * @param autoRetryFor simple names of exceptions that are retried; empty for all
 * @param dontAutoRetryFor goes before {@code autoRetryFor}
 */
public record RetryPolicy(
        boolean backoff,
        @Nullable Duration backoffMax,
        boolean jitter,
        Duration defaultDelay,
        @Nullable Integer maxRetries,
        List<String> autoRetryFor,
        List<String> dontAutoRetryFor) {
    private static final long MAX_DELAY_MS = Duration.ofDays(30).toMillis();
    private static final int MAX_NAMES = 100;

    public RetryPolicy {
        autoRetryFor = List.copyOf(autoRetryFor);
        dontAutoRetryFor = List.copyOf(dontAutoRetryFor);
    }

    /** Members of a wrong type count as absent; null when it is no object. */
    public static @Nullable RetryPolicy ofJson(JsonNode json) {
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
