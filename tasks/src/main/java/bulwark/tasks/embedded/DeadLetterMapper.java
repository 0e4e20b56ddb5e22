package bulwark.tasks.embedded;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.envelope.Message;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A dead letter of a row of the store. */
final class DeadLetterMapper {
    private DeadLetterMapper() {}

    static DeadLetter letter(StoreRpc.StoredDeadLetter row) {
        StoreRpc.DeadLetterContent content = row.content();
        Map<String, String> fields = new LinkedHashMap<>();
        if (content.fields() != null) {
            parse(content.fields())
                    .properties()
                    .forEach(each -> fields.put(each.getKey(), each.getValue().asString()));
        }
        Message message = null;
        if (content.message() != null) {
            try {
                message = EnvelopeCodec.ofJson(content.message());
            } catch (EnvelopeRefused e) {
                fields.put("json", content.message());
            }
        }
        return new DeadLetter(
                Long.toString(row.id()),
                content.queue(),
                message,
                Map.copyOf(fields),
                content.reason(),
                StatusMapper.object(parse(content.meta())),
                StoreRpc.ofMicros(row.deadMicros()));
    }

    private static JsonNode parse(String json) {
        return StrictJson.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
