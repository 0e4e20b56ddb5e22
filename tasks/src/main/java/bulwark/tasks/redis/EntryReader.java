package bulwark.tasks.redis;

import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.envelope.EnvelopeWeight;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes messages of the entries that a server replied. What is no envelope becomes a malformed message with its bytes. Thread-safe. */
final class EntryReader {
    private final int maxEnvelopeBytes;

    EntryReader(int maxEnvelopeBytes) {
        this.maxEnvelopeBytes = maxEnvelopeBytes;
    }

    /** Of a reply with streams and their entries, each delivered for the first time. @param unread whether heavy ones may stay text */
    List<ReceivedMessage> arrivals(SubscriptionState state, boolean unread, @Nullable Object streams) {
        List<ReceivedMessage> messages = new ArrayList<>();
        for (Object each : RedisReply.list(streams)) {
            List<@Nullable Object> stream = RedisReply.list(each);
            String name = RedisReply.text(stream.get(0));
            StreamSource source = state.source(name);
            for (Object entry : RedisReply.list(stream.get(1))) {
                List<@Nullable Object> idAndFields = RedisReply.list(entry);
                if (source != null && idAndFields.size() == 2) {
                    messages.add(arrival(
                            state,
                            source,
                            name,
                            RedisReply.text(idAndFields.get(0)),
                            1,
                            RedisReply.fields(idAndFields.get(1)),
                            List.of(),
                            unread));
                }
            }
        }
        return messages;
    }

    /** @param mayStayUnread whether a heavy one may stay text until there is memory for it */
    ReceivedMessage arrival(
            SubscriptionState state,
            StreamSource source,
            String stream,
            String id,
            long delivery,
            Map<String, String> fields,
            List<HolderDeath> deaths,
            boolean mayStayUnread) {
        Receipt receipt = new Receipt(stream, source.group(), state.consumer(), id, delivery);
        if (mayStayUnread && !source.broadcast()) {
            long weight = 0;
            long characters = 0;
            for (String value : fields.values()) {
                weight += EnvelopeWeight.of(value);
                characters += value.length();
            }
            if (weight > EnvelopeWeight.LIGHT) {
                return new ReceivedMessage.Unread(
                        receipt, source.name(), deaths, characters, weight, text(receipt, source, fields, deaths));
            }
        }
        return read(receipt, source, fields, deaths);
    }

    private ReceivedMessage.Unread.Text text(
            Receipt receipt, StreamSource source, Map<String, String> fields, List<HolderDeath> deaths) {
        return new ReceivedMessage.Unread.Text() {
            @Override
            public ReceivedMessage read() {
                return EntryReader.this.read(receipt, source, fields, deaths);
            }

            @Override
            public ReceivedMessage.Malformed refuse(String reason) {
                return new ReceivedMessage.Malformed(receipt, source.name(), truncated(fields), reason);
            }
        };
    }

    private ReceivedMessage read(
            Receipt receipt, StreamSource source, Map<String, String> fields, List<HolderDeath> deaths) {
        try {
            boolean passed = source.passedLimits(receipt.stream());
            String text = passed ? fields.get(EntryWriter.JSON) : null;
            return new ReceivedMessage.Delivery(
                    receipt,
                    source.name(),
                    text == null
                            ? EnvelopeCodec.ofFields(fields, maxEnvelopeBytes)
                            : EnvelopeCodec.ofJson(text, maxEnvelopeBytes),
                    source.broadcast(),
                    deaths,
                    passed);
        } catch (EnvelopeRefused e) {
            return new ReceivedMessage.Malformed(
                    receipt, source.name(), truncated(fields), String.valueOf(e.getMessage()));
        }
    }

    /** All of it, up to the length of the longest envelope: it can be looked at, and put back. */
    private Map<String, String> truncated(Map<String, String> fields) {
        Map<String, String> some = new LinkedHashMap<>();
        int left = EnvelopeCodec.maxUnread(maxEnvelopeBytes);
        for (var field : fields.entrySet()) {
            String name = EnvelopeCodec.cut(field.getKey(), left);
            left = Math.max(0, left - name.length());
            String value = EnvelopeCodec.cut(field.getValue(), left);
            left = Math.max(0, left - value.length());
            some.put(name, value);
            if (left == 0) {
                break;
            }
        }
        return some;
    }
}
