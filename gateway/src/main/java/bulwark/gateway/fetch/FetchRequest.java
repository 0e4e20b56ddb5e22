package bulwark.gateway.fetch;

import bulwark.kernel.network.TargetUrl;
import bulwark.kernel.secrets.SecretBytes;
import java.util.Map;
import java.util.Optional;

/**
 * What is asked of another server.
 *
 * @param body empty for none
 * @param contentType of the body
 * @param basic user and password, joined by a colon
 * @param fields of the head, beside those that every request has
 */
public record FetchRequest(
        String method,
        TargetUrl url,
        byte[] body,
        String contentType,
        Optional<SecretBytes> basic,
        Map<String, String> fields) {
    public FetchRequest {
        fields = Map.copyOf(fields);
    }

    /** Without fields of its own. */
    public FetchRequest(String method, TargetUrl url, byte[] body, String contentType, Optional<SecretBytes> basic) {
        this(method, url, body, contentType, basic, Map.of());
    }

    /** A document. */
    static FetchRequest get(TargetUrl url) {
        return new FetchRequest("GET", url, new byte[0], "", Optional.empty());
    }

    boolean hasBody() {
        return body.length > 0;
    }
}
