package bulwark.doctor.client;

import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * An answer of HTTP/1.1 (RFC 9112) as it was on the wire, with every header line in its place.
 *
 * @param fields names as they were spelled, and values without blanks at their ends
 * @param body what followed the head, undecoded: a chunked one has its chunk sizes in it
 * @param closed whether the server ended the connection behind it within the time that was given
 */
public record WireAnswer(int status, List<Map.Entry<String, String>> fields, String body, boolean closed) {
    public WireAnswer {
        fields = List.copyOf(fields);
    }

    static WireAnswer parse(URI base, byte[] bytes, int length, boolean closed) throws IOException {
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        String[] lines = text.substring(0, Math.max(0, end)).split("\r\n");
        if (end < 0 || !lines[0].matches("HTTP/1\\.[01] [1-5][0-9]{2}( .*)?")) {
            throw new IOException(base + " did not answer as HTTP/1.1: " + length + " bytes came");
        }
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                fields.add(Map.entry(
                        lines[i].substring(0, colon),
                        lines[i].substring(colon + 1).strip()));
            }
        }
        return new WireAnswer(Integer.parseInt(lines[0].substring(9, 12)), fields, text.substring(end + 4), closed);
    }

    /** In their order; none when there is no such header. */
    public List<String> values(String name) {
        return fields.stream()
                .filter(field -> field.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** The first; empty when there is none. */
    public String value(String name) {
        return values(name).stream().findFirst().orElse("");
    }

    /** A missing node when the body is no JSON. */
    public JsonNode json() {
        try {
            return StrictJson.parse(body.getBytes(StandardCharsets.ISO_8859_1));
        } catch (StrictJson.JsonRefused notJson) {
            return JsonNodeFactory.instance.missingNode();
        }
    }
}
