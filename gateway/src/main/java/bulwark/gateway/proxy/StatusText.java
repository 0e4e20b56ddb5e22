package bulwark.gateway.proxy;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** Status lines of HTTP/1.1, made once. */
final class StatusText {
    private static final int FIRST = 100;
    private static final byte[][] LINES = new byte[500][];

    static {
        for (int status = FIRST; status < FIRST + LINES.length; status++) {
            String reason = HttpResponseStatus.valueOf(status).reasonPhrase();
            LINES[status - FIRST] = ("HTTP/1.1 " + status + " " + reason + "\r\n").getBytes(StandardCharsets.US_ASCII);
        }
    }

    private StatusText() {}

    /** @param status 100 to 599 */
    static byte[] line(int status) {
        return LINES[status - FIRST];
    }
}
