package bulwark.web;

import bulwark.kernel.json.StrictJson;
import java.util.LinkedHashMap;
import java.util.Map;

/** A complete answer; the edge adds security headers and the request id. */
public record Response(int status, String contentType, byte[] body, Map<String, String> headers) {
    private static final byte[] NOTHING = {};

    public static Response json(int status, Object value) {
        return new Response(status, "application/json", StrictJson.write(value), Map.of());
    }

    public static Response jsonBytes(int status, byte[] body) {
        return new Response(status, "application/json", body, Map.of());
    }

    public static Response text(int status, String contentType, String body) {
        return new Response(status, contentType, body.getBytes(java.nio.charset.StandardCharsets.UTF_8), Map.of());
    }

    public static Response noContent() {
        return new Response(204, "", NOTHING, Map.of());
    }

    public Response with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Response(status, contentType, body, Map.copyOf(more));
    }
}
