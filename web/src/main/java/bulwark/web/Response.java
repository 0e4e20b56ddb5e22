package bulwark.web;

import bulwark.kernel.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An answer. The edge adds the headers of the service's {@link HeaderPolicy} and the request id.
 *
 * @param contentType empty for none
 * @param body empty where there is a writer
 * @param headers beside these and the type; what the policy names is dropped
 * @param writer writes the body while the answer is sent, or null
 */
public record Response(
        int status,
        String contentType,
        byte[] body,
        Headers headers,
        @Nullable BodyWriter writer) {
    private static final byte[] NOTHING = {};

    public Response(int status, String contentType, byte[] body, Headers headers) {
        this(status, contentType, body, headers, null);
    }

    /** JSON of any length that is written while it is sent; not for routes on the event loop. */
    public static Response streamed(int status, BodyWriter writer) {
        return new Response(status, "application/json", NOTHING, Headers.NONE, writer);
    }

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
        return new Response(status, contentType, body, headers.with(header, value), writer);
    }

    /** With one more value of the header, in a line of its own. */
    public Response adding(String header, String value) {
        return new Response(status, contentType, body, headers.adding(header, value), writer);
    }

    /** The same with the whole body in memory, for a transport or a caller that needs it so. */
    public Response whole() {
        if (writer == null) {
            return this;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writer.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return withBody(bytes.toByteArray());
    }

    Response withBody(byte[] bytes) {
        return new Response(status, contentType, bytes, headers);
    }

    /** Sets one more cookie. */
    public Response with(SetCookie cookie) {
        return adding("Set-Cookie", cookie.text());
    }
}
