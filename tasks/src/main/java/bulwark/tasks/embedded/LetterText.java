package bulwark.tasks.embedded;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.envelope.EnvelopeText;
import bulwark.tasks.envelope.Message;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A dead letter of a row of the store. */
final class LetterText {
    private LetterText() {}

    static DeadLetter letter(Row.Letter row) {
        Row.Dead content = row.content();
        Map<String, String> fields = new LinkedHashMap<>();
        if (content.fields() != null) {
            parse(content.fields())
                    .properties()
                    .forEach(each -> fields.put(each.getKey(), each.getValue().asString()));
        }
        Message message = null;
        if (content.message() != null) {
            try {
                message = EnvelopeText.ofJson(content.message());
            } catch (EnvelopeRefused e) {
                fields.put("json", content.message());
            }
        }
        return new DeadLetter(
                content.queue(),
                message,
                Map.copyOf(fields),
                content.reason(),
                StatusBody.object(parse(content.meta())),
                Row.ofMicros(row.deadMicros()));
    }

    private static JsonNode parse(String json) {
        return StrictJson.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
