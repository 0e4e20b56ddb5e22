package bulwark.gateway.endpoint;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An endpoint's answer. The five headers, trace and length are added to it.
 *
 * @param contentType empty when the body is
 * @param fields further header lines, name and value in turn
 */
public record EndpointResponse(int status, String contentType, byte[] body, List<String> fields) {
    private static final String TEXT = "text/plain; charset=utf-8";

    public EndpointResponse {
        fields = List.copyOf(fields);
    }

    public static EndpointResponse text(int status, String text) {
        return new EndpointResponse(status, TEXT, text.getBytes(StandardCharsets.UTF_8), List.of());
    }

    /** Never cached. @param json the document */
    public static EndpointResponse json(int status, String json) {
        return new EndpointResponse(
                status,
                "application/json",
                json.getBytes(StandardCharsets.UTF_8),
                List.of("Cache-Control", "no-store"));
    }

    public static EndpointResponse empty(int status) {
        return new EndpointResponse(status, "", new byte[0], List.of());
    }
}
