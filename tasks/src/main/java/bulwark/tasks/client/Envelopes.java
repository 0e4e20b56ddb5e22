package bulwark.tasks.client;

import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.PayloadCheck;
import bulwark.tasks.envelope.TaskIds;
import bulwark.tasks.routing.Routing;
import bulwark.tasks.time.TimeText;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Makes an unsigned envelope of a call and finds its place. Headers and meta keys: Stem 0.2. */
final class Envelopes {
    static final String ENCODER_HEADER = "stem-args-encoder";
    static final String ENCODER_META = "__stemArgsEncoder";
    private static final String JSON = "json";
    private static final int LONGEST_NAME = 256;

    private final Routing routing;
    private final Clock clock;

    Envelopes(Routing routing, Clock clock) {
        this.routing = routing;
        this.clock = clock;
    }

    Routed of(TaskCall call) {
        checkName(call.name());
        PayloadCheck.signed("args", call.args(), Long.MAX_VALUE);
        PayloadCheck.signed("meta", call.meta(), Long.MAX_VALUE);
        Sendable.check("headers", call.headers());
        if (call.queue() != null) {
            Sendable.check("queue", call.queue());
        }
        Map<String, String> headers = new HashMap<>(call.headers());
        headers.putIfAbsent(ENCODER_HEADER, JSON);
        ObjectNode meta = call.meta().deepCopy();
        meta.put("stem.task", call.name());
        if (!meta.has(ENCODER_META)) {
            meta.put(ENCODER_META, JSON);
        }
        put(meta, "stem.timeLimitMs", call.hardTimeLimit());
        put(meta, "stem.softTimeLimitMs", call.softTimeLimit());
        if (call.expires() != null) {
            meta.put("stem.expiresAt", TimeText.of(call.expires()));
        }
        Routing.Target target =
                routing.route(call.name(), headers, call.queue(), call.priority() == null ? 0 : call.priority());
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new Routed(
                new Envelope(
                        call.id() == null ? TaskIds.next(clock) : call.id(),
                        call.name(),
                        call.args(),
                        headers,
                        now,
                        call.notBefore() == null ? null : call.notBefore().truncatedTo(ChronoUnit.MICROS),
                        target.priority(),
                        0,
                        call.maxRetries() == null ? 0 : call.maxRetries(),
                        call.visibilityTimeout() == null
                                ? null
                                : call.visibilityTimeout().toMillis(),
                        target.name(),
                        meta),
                target.broadcast());
    }

    private static void checkName(String name) {
        if (name.isBlank() || name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a task's name has 1 to " + LONGEST_NAME + " characters and no control characters");
        }
        Sendable.check("a task's name", name);
    }

    private static void put(ObjectNode meta, String key, @Nullable Duration limit) {
        if (limit != null) {
            meta.put(key, limit.toMillis());
        }
    }

    /** @param broadcast the envelope's queue is a channel */
    record Routed(Envelope envelope, boolean broadcast) {
        Routed with(Envelope changed) {
            return new Routed(changed, broadcast);
        }
    }
}
