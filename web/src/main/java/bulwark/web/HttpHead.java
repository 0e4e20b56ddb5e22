package bulwark.web;

import io.vertx.core.MultiMap;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP/1.1 message as both ends of the local socket read it: a small strict subset, without folding, without chunks.
 *
 * @param start the request or status line
 */
record HttpHead(String start, Headers headers) {
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    /** Why the bytes are refused; the edge's own kinds, so that a part renders them as on the network. */
    static final class Refused extends IOException {
        private final transient EdgeRefusal refusal;

        Refused(EdgeRefusal refusal) {
            super(refusal.code());
            this.refusal = refusal;
        }

        EdgeRefusal refusal() {
            return refusal;
        }

        static Refused bad(String sentence) {
            return new Refused(new EdgeRefusal.BadRequest(sentence));
        }
    }

    /** @param limit bytes of the whole head */
    static HttpHead read(InputStream in, int limit) throws IOException {
        String head = head(in, limit);
        String[] lines = head.split("\r\n", -1);
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon < 1 || !lines[i].substring(0, colon).matches(TOKEN)) {
                throw Refused.bad("A header line is malformed.");
            }
            String value = lines[i].substring(colon + 1).strip();
            if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f)) {
                throw Refused.bad("A header value holds a control character.");
            }
            headers.add(lines[i].substring(0, colon), value);
        }
        return new HttpHead(lines[0], Headers.over(headers));
    }

    private static String head(InputStream in, int limit) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int ending = 0;
        while (ending < 4) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException(bytes.size() == 0 ? "closed without a word" : "the head is cut off");
            }
            if (bytes.size() >= limit) {
                throw new Refused(new EdgeRefusal.HeadersTooLarge());
            }
            bytes.write(b);
            if (b == (ending % 2 == 0 ? '\r' : '\n')) {
                ending++;
            } else {
                ending = b == '\r' ? 1 : 0;
            }
        }
        String all = bytes.toString(StandardCharsets.ISO_8859_1);
        return all.substring(0, all.length() - 4);
    }

    @Nullable
    String header(String name) {
        return headers.first(name).orElse(null);
    }

    /** Declared length, -1 when none is. */
    long contentLength() throws Refused {
        if (header("transfer-encoding") != null) {
            throw Refused.bad("The local socket takes no Transfer-Encoding; send a Content-Length.");
        }
        List<String> lengths = headers.all("content-length");
        if (lengths.isEmpty()) {
            return -1;
        }
        if (lengths.size() > 1 || !lengths.getFirst().matches("[0-9]{1,15}")) {
            throw Refused.bad("The Content-Length is malformed.");
        }
        return Long.parseLong(lengths.getFirst());
    }

    static byte[] body(InputStream in, int length) throws IOException {
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the body is cut off");
        }
        return body;
    }
}
