package bulwark.tasks.client;

import bulwark.kernel.time.UuidV7;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.PayloadCheck;
import bulwark.tasks.routing.Routing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Makes an unsigned envelope of a call and finds its queue. Headers and meta keys: Stem 0.2. */
final class EnvelopeFactory {
    static final String ENCODER_HEADER = "stem-args-encoder";
    static final String ENCODER_META = "__stemArgsEncoder";
    private static final String JSON = "json";
    private static final int MAX_NAME = 256;

    private final Routing routing;
    private final Clock clock;

    EnvelopeFactory(Routing routing, Clock clock) {
        this.routing = routing;
        this.clock = clock;
    }

    Routed of(EnqueueRequest request) {
        checkName(request.name());
        PayloadCheck.signed("args", request.args(), Long.MAX_VALUE);
        PayloadCheck.signed("meta", request.meta(), Long.MAX_VALUE);
        EnvelopeValidator.check("headers", request.headers());
        if (request.queue() != null) {
            EnvelopeValidator.check("queue", request.queue());
        }
        Map<String, String> headers = new HashMap<>(request.headers());
        headers.putIfAbsent(ENCODER_HEADER, JSON);
        ObjectNode meta = request.meta().deepCopy();
        meta.put("stem.task", request.name());
        if (!meta.has(ENCODER_META)) {
            meta.put(ENCODER_META, JSON);
        }
        put(meta, "stem.timeLimitMs", request.hardTimeLimit());
        put(meta, "stem.softTimeLimitMs", request.softTimeLimit());
        if (request.expires() != null) {
            meta.put("stem.expiresAt", DartTimestamps.of(request.expires()));
        }
        Routing.Target target = routing.route(
                request.name(), headers, request.queue(), request.priority() == null ? 0 : request.priority());
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new Routed(
                new Envelope(
                        request.id() == null ? UuidV7.next(clock.instant()) : request.id(),
                        request.name(),
                        request.args(),
                        headers,
                        now,
                        request.notBefore() == null ? null : request.notBefore().truncatedTo(ChronoUnit.MICROS),
                        target.priority(),
                        0,
                        request.maxRetries() == null ? 0 : request.maxRetries(),
                        request.visibilityTimeout() == null
                                ? null
                                : request.visibilityTimeout().toMillis(),
                        target.name(),
                        meta),
                target.broadcast());
    }

    private static void checkName(String name) {
        if (name.isBlank() || name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a task's name has 1 to " + MAX_NAME + " characters and no control characters");
        }
        EnvelopeValidator.check("a task's name", name);
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
