package bulwark.web;

import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;

/**
 * A complete answer. The edge adds the headers of the service's {@link HeaderPolicy} and the request id.
 *
 * @param contentType empty for none
 * @param headers beside these and the type; what the policy names is dropped
 */
public record Response(int status, String contentType, byte[] body, Headers headers) {
    private static final byte[] NOTHING = {};

    public static Response json(int status, Object value) {
        return new Response(status, "application/json", StrictJson.write(value), Headers.NONE);
    }

    public static Response jsonBytes(int status, byte[] body) {
        return new Response(status, "application/json", body, Headers.NONE);
    }

    public static Response text(int status, String contentType, String body) {
        return new Response(status, contentType, body.getBytes(StandardCharsets.UTF_8), Headers.NONE);
    }

    public static Response noContent() {
        return new Response(204, "", NOTHING, Headers.NONE);
    }

    /** With this value as the only one of the header. */
    public Response with(String header, String value) {
        return new Response(status, contentType, body, headers.with(header, value));
    }

    /** With one more value of the header, in a line of its own. */
    public Response adding(String header, String value) {
        return new Response(status, contentType, body, headers.adding(header, value));
    }

    /** Sets one more cookie. */
    public Response with(SetCookie cookie) {
        return adding("Set-Cookie", cookie.text());
    }
}
