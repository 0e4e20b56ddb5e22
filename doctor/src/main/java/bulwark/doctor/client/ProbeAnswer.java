package bulwark.doctor.client;

import bulwark.kernel.json.StrictJson;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** An HTTP answer, whole. */
public record ProbeAnswer(int status, HttpHeaders headers, byte[] body) {
    /** Empty when there is none. */
    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** A missing node when the body is no JSON: what is asked of it is then missing too. */
    public JsonNode json() {
        try {
            return StrictJson.parse(body);
        } catch (StrictJson.JsonRefused notJson) {
            return JsonNodeFactory.instance.missingNode();
        }
    }
}
