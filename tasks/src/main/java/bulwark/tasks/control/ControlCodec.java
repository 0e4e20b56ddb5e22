package bulwark.tasks.control;

import bulwark.kernel.time.UuidV7;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.envelope.Envelope;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Envelopes of commands and replies, and the names of their channels and queues. Source of both: Stem 0.2; the channel is this system's own. */
public final class ControlCodec {
    public static final String COMMAND = "__stem.control__";
    public static final String REPLY = "__stem.control.reply__";
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final int MAX_TARGETS = 1_000;

    private ControlCodec() {}

    /** Reaches every worker. */
    public static String channel(String namespace) {
        return namespace + ".control";
    }

    /** Of the original system: read by whichever worker comes first. */
    static String sharedQueue(String namespace) {
        return namespace + ".control.broadcast";
    }

    /** Of the original system: one worker's own. */
    static String workerQueue(String namespace, String worker) {
        return namespace + ".control.worker." + worker;
    }

    static String replyQueue(String namespace, String requestId) {
        return namespace + ".control.reply." + requestId;
    }

    static Envelope envelope(ControlCommand command, String queue, Clock clock) {
        ObjectNode args = JsonNodeFactory.instance.objectNode();
        args.put("requestId", command.requestId()).put("type", command.type());
        ArrayNode targets = args.putArray("targets");
        command.targets().forEach(targets::add);
        args.set("payload", command.payload());
        args.put("timeoutMs", command.timeout().toMillis());
        args.put("nonce", command.nonce()).put("expiresAt", DartTimestamps.of(command.expiresAt()));
        return envelope(COMMAND, args, Map.of("stem-control", "1"), queue, clock);
    }

    static Envelope envelope(ControlReply reply, String queue, Clock clock) {
        ObjectNode args = JsonNodeFactory.instance.objectNode();
        args.put("requestId", reply.requestId()).put("workerId", reply.workerId());
        args.put("status", reply.ok() ? "ok" : "error");
        args.set("payload", reply.payload());
        if (reply.error() != null) {
            args.putObject("error").put("message", reply.error());
        }
        return envelope(REPLY, args, Map.of("stem-control-reply", "1"), queue, clock);
    }

    private static Envelope envelope(
            String name, ObjectNode args, Map<String, String> headers, String queue, Clock clock) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        ObjectNode meta = JsonNodeFactory.instance.objectNode();
        return new Envelope(UuidV7.next(clock.instant()), name, args, headers, now, null, 0, 0, 0, null, queue, meta);
    }

    /** Empty when the envelope is no command. A command without an end ends with its timeout. */
    static Optional<ControlCommand> command(Envelope envelope) {
        ObjectNode args = envelope.args();
        String requestId = args.path("requestId").asString("");
        if (!envelope.name().equals(COMMAND) || !REQUEST_ID.matcher(requestId).matches()) {
            return Optional.empty();
        }
        List<String> targets = new ArrayList<>();
        for (JsonNode target : args.path("targets")) {
            if (targets.size() < MAX_TARGETS) {
                targets.add(target.asString(""));
            }
        }
        Duration timeout = Duration.ofMillis(Math.clamp(args.path("timeoutMs").asLong(5_000), 1, 3_600_000));
        Instant named =
                DartTimestamps.parse(args.path("expiresAt").asString("")).orElse(null);
        return Optional.of(new ControlCommand(
                requestId,
                args.path("type").asString(""),
                targets,
                args.path("payload") instanceof ObjectNode payload ? payload : JsonNodeFactory.instance.objectNode(),
                timeout,
                args.path("nonce").asString(""),
                named == null ? envelope.enqueuedAt().plus(timeout) : named));
    }

    /** Empty when the envelope is no reply to this request. */
    static Optional<ControlReply> reply(Envelope envelope, String requestId, boolean signed) {
        ObjectNode args = envelope.args();
        if (!envelope.name().equals(REPLY)
                || !args.path("requestId").asString("").equals(requestId)) {
            return Optional.empty();
        }
        JsonNode error = args.path("error");
        String message = error.isObject() ? error.path("message").asString("failed") : error.asString("");
        return Optional.of(new ControlReply(
                requestId,
                args.path("workerId").asString("unknown"),
                args.path("status").asString("").equals("ok"),
                args.path("payload") instanceof ObjectNode payload ? payload : JsonNodeFactory.instance.objectNode(),
                message.isEmpty() ? null : message,
                signed));
    }
}
