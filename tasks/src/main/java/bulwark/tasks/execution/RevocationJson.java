package bulwark.tasks.execution;

import bulwark.kernel.error.PrintableText;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.store.Revocation;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A revocation as it travels in commands: {@code {namespace,taskId,version,issuedAt,terminate,reason?,requestedBy?,expiresAt?}}. Form: Stem 0.2. */
public final class RevocationJson {
    private static final int MAX_ID = 512;

    private RevocationJson() {}

    public static ObjectNode of(Revocation revocation) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("namespace", revocation.namespace()).put("taskId", revocation.taskId());
        json.put("version", revocation.version()).put("issuedAt", DartTimestamps.of(revocation.issuedAt()));
        json.put("terminate", revocation.terminate());
        if (revocation.reason() != null) {
            json.put("reason", revocation.reason());
        }
        if (revocation.requestedBy() != null) {
            json.put("requestedBy", revocation.requestedBy());
        }
        if (revocation.expiresAt() != null) {
            json.put("expiresAt", DartTimestamps.of(revocation.expiresAt()));
        }
        return json;
    }

    /** In the worker's own namespace, whatever it says; empty when it is none. */
    public static Optional<Revocation> read(JsonNode json, String namespace, Clock clock) {
        String taskId = json.path("taskId").asString("");
        Instant now = clock.instant();
        if (taskId.isEmpty() || taskId.length() > MAX_ID || taskId.startsWith(Revocation.PAUSE)) {
            return Optional.empty();
        }
        // A version from far ahead would keep every later one out.
        long newest = micros(now.plusSeconds(3_600));
        long version =
                json.path("version").isIntegralNumber() ? json.path("version").asLong(0) : micros(now);
        String reason = json.path("reason").asString("");
        String by = json.path("requestedBy").asString("");
        return Optional.of(new Revocation(
                namespace,
                taskId,
                Math.clamp(version, 0, newest),
                DartTimestamps.parse(json.path("issuedAt").asString("")).orElse(now),
                json.path("terminate").asBoolean(false),
                reason.isEmpty() ? null : PrintableText.of(reason),
                by.isEmpty() ? null : PrintableText.of(by),
                DartTimestamps.parse(json.path("expiresAt").asString("")).orElse(null)));
    }

    /** Microseconds since 1970. */
    public static long micros(Instant instant) {
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
    }
}
