package bulwark.tasks.redis;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.FieldText;
import bulwark.tasks.broker.LimitedStart;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.envelope.Message;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.args.Rawable;
import redis.clients.jedis.args.RawableFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How messages enter a queue: as a stream entry when they may run, as JSON in a sorted set while they are hidden. */
final class EntryWriter {
    /** A priority other than the envelope's own; readers of the original form ignore it. */
    private static final Pattern PLACED = Pattern.compile(",\"x-priority\":([0-9])}$");

    /** Members of a hidden entry that was no envelope: the dead letter that it was, and its fields. */
    private static final String RAW = "x-raw";

    private static final String RAW_FIELDS = "x-fields";

    /** The only field of an entry that comes from a backlog. */
    static final String JSON = "json";

    private final RedisKeys keys;
    private final int maxEnvelopeBytes;
    /** The few names that fields have, as bytes. */
    private final Map<String, Rawable> names = new ConcurrentHashMap<>();

    EntryWriter(RedisKeys keys, int maxEnvelopeBytes) {
        this.keys = keys;
        this.maxEnvelopeBytes = maxEnvelopeBytes;
    }

    /** For scripts: key, score, number of values, values. */
    void add(
            List<Object> arguments,
            String queue,
            Message message,
            int priority,
            @Nullable Instant notBefore,
            Instant now) {
        if (notBefore != null && notBefore.isAfter(now)) {
            arguments.add(keys.delayed(queue));
            arguments.add(score(notBefore));
            arguments.add(1);
            arguments.add(member(message, priority));
        } else {
            addFields(arguments, keys.stream(queue, priority), EnvelopeCodec.fields(message));
        }
    }

    /** Into a stream that has no priorities. */
    void addOwn(List<Object> arguments, String stream, Message message, @Nullable Instant notBefore, Instant now) {
        if (notBefore != null && notBefore.isAfter(now)) {
            arguments.add(stream + ":delayed");
            arguments.add(score(notBefore));
            arguments.add(1);
            arguments.add(member(message, 0));
        } else {
            addFields(arguments, stream, EnvelopeCodec.fields(message));
        }
    }

    static void addFields(List<Object> arguments, String stream, Map<String, String> fields) {
        arguments.add(stream);
        arguments.add("");
        arguments.add(2 * fields.size());
        fields.forEach((name, value) -> {
            arguments.add(name);
            arguments.add(value);
        });
    }

    /** The very bytes of an entry that was no envelope. While it is hidden it is JSON like the others, of a form that no envelope has. */
    void addRaw(List<Object> arguments, String queue, DeadLetter malformed, @Nullable Instant notBefore) {
        if (notBefore == null) {
            addRaw(arguments, keys.stream(queue, 0), malformed.fields());
            return;
        }
        arguments.add(keys.delayed(queue));
        arguments.add(score(notBefore));
        arguments.add(1);
        arguments.add(StrictJson.text(Map.of(RAW, malformed.entry(), RAW_FIELDS, malformed.fields())));
    }

    private static void addRaw(List<Object> arguments, String stream, Map<String, String> fields) {
        arguments.add(stream);
        arguments.add("");
        arguments.add(2 * fields.size());
        fields.forEach((name, value) -> {
            arguments.add(FieldText.bytes(name));
            arguments.add(FieldText.bytes(value));
        });
    }

    /** Of a new message. @throws EnvelopeRefused when no consumer would read it */
    CommandArguments command(String queue, Message message, int priority, @Nullable Instant notBefore, Instant now) {
        if (notBefore != null && notBefore.isAfter(now)) {
            String member = member(message, priority);
            EnvelopeCodec.refuseLonger(member.length(), maxEnvelopeBytes);
            return RedisConnection.command(Command.ZADD, keys.delayed(queue), score(notBefore), member);
        }
        CommandArguments command = new CommandArguments(Command.XADD)
                .add(keys.stream(queue, priority))
                .add("*");
        addFields(command, message);
        return command;
    }

    /** @throws EnvelopeRefused when no consumer would read it */
    void refuseLonger(Message message) {
        LongAdder length = new LongAdder();
        EnvelopeCodec.eachField(message, (name, value) -> length.add(value.length()));
        EnvelopeCodec.refuseLonger(length.sum(), maxEnvelopeBytes);
    }

    void addFields(CommandArguments command, Message message) {
        LongAdder length = new LongAdder();
        EnvelopeCodec.eachField(message, (name, value) -> {
            length.add(value.length());
            command.add(names.computeIfAbsent(name, RawableFactory::from)).add(value);
        });
        EnvelopeCodec.refuseLonger(length.sum(), maxEnvelopeBytes);
    }

    /** Rounded up: never before the time. */
    private static long score(Instant notBefore) {
        return notBefore.plusNanos(999_999).toEpochMilli();
    }

    static String member(Message message, int priority) {
        String json = EnvelopeCodec.json(message);
        int clamped = Math.clamp(priority, 0, RedisKeys.PRIORITIES - 1);
        return clamped == message.envelope().priority()
                ? json
                : json.substring(0, json.length() - 1) + ",\"x-priority\":" + clamped + "}";
    }

    /** Score and member of what is laid aside: by priority, and of one priority in the order in which the entries came. */
    static void addLaidAside(List<Object> arguments, LimitedStart start) {
        int priority = Math.clamp(start.message().envelope().priority(), 0, RedisKeys.PRIORITIES - 1);
        arguments.add(-priority);
        arguments.add(arrival(start.receipt().entryId()) + member(start.message(), priority));
    }

    /** Sorts as the number does. Times have 13 digits until the year 2286; the script cuts at the colon. */
    private static String arrival(String entryId) {
        int dash = entryId.indexOf('-');
        long millis = Long.parseLong(entryId, 0, dash, 10);
        long sequence = Long.parseLong(entryId, dash + 1, entryId.length(), 10);
        return String.format("%016d-%019d:", millis, sequence);
    }

    /** For the script that moves due members into streams: key, member, what to enter. One that is no envelope enters as what it is, to be dead-lettered. */
    List<Object> moving(String delayedKey, String base, List<String> members) {
        List<Object> arguments = new ArrayList<>();
        for (String member : members) {
            arguments.add(delayedKey);
            arguments.add(member);
            try {
                Message message = EnvelopeCodec.ofJson(member);
                Matcher placed = PLACED.matcher(member);
                int priority = placed.find()
                        ? Integer.parseInt(placed.group(1))
                        : Math.clamp(message.envelope().priority(), 0, RedisKeys.PRIORITIES - 1);
                addFields(arguments, priority == 0 ? base : base + ":p" + priority, EnvelopeCodec.fields(message));
            } catch (EnvelopeRefused e) {
                Map<String, String> fields = rawFields(member);
                if (fields == null) {
                    addFields(arguments, base, Map.of("delayed", member));
                } else {
                    addRaw(arguments, base, fields);
                }
            }
        }
        return arguments;
    }

    private static @Nullable Map<String, String> rawFields(String member) {
        JsonNode node;
        try {
            node = StrictJson.parse(member.getBytes(StandardCharsets.UTF_8));
        } catch (StrictJson.JsonRefused e) {
            return null;
        }
        if (!node.path(RAW).isString() || !(node.get(RAW_FIELDS) instanceof ObjectNode stored) || stored.isEmpty()) {
            return null;
        }
        Map<String, String> fields = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : stored.properties()) {
            if (!field.getValue().isString()) {
                return null;
            }
            fields.put(field.getKey(), field.getValue().stringValue());
        }
        return fields;
    }
}
