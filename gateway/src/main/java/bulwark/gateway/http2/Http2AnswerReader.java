package bulwark.gateway.http2;

import bulwark.gateway.http1.HeadLimits;
import bulwark.gateway.http1.HeadReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header list of an answer (RFC 9113 §8.3.2) as {@link Http2RequestReader} reads that of a request: what only HTTP/2 has is checked here, and the one reader of heads judges the rest. One for
 * each event loop; not thread-safe.
 */
public final class Http2AnswerReader {
    private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n");
    private static final byte[] EMPTY = ascii("content-length: 0\r\n");

    private final BoundedHead out;
    private @Nullable String fault;

    public Http2AnswerReader(HeadLimits limits) {
        this.out = new BoundedHead(limits.maxBytes());
    }

    /** A sentence for the log. */
    public String fault(HeadReader reader) {
        return fault == null ? reader.fault() : fault;
    }

    /** What {@link #read} wrote, and the reader's offsets go by. */
    public byte[] bytes() {
        return out.bytes();
    }

    /**
     * Reads one list.
     *
     * @param ended whether the stream ends with it
     * @param bodiless whether the answer to this request has no body whatever it says
     * @param reader holds the head when the answer is true
     */
    public boolean read(HeaderList list, boolean ended, boolean bodiless, HeadReader reader) {
        out.clear();
        fault = null;
        int status = status(list);
        if (status < 0) {
            return wrong("The answer has no status of three digits, or another pseudo-header.");
        }
        out.put("HTTP/1.1 " + status + " ");
        out.lineEnd();
        boolean lengthNamed = false;
        for (int i = 0; i < list.count(); i++) {
            CharSequence name = list.name(i);
            if (name.length() > 0 && name.charAt(0) == ':') {
                continue;
            }
            if (!HeaderListSyntax.isName(name)
                    || !HeaderListSyntax.isValue(list.value(i))
                    || HeaderListSyntax.isOfConnection(name)) {
                return wrong("A header of the answer is none that HTTP/2 has.");
            }
            lengthNamed |= HeaderListSyntax.isText(name, "content-length");
            out.field(name, list.value(i));
        }
        if (!lengthNamed && !bodiless && hasBody(status)) {
            out.put(ended ? EMPTY : CHUNKED);
        }
        out.lineEnd();
        if (out.isOverflown()) {
            return wrong("The header lines of the answer are over the limit.");
        }
        return reader.readResponse(out.bytes(), out.length()) == HeadReader.Result.COMPLETE
                && (!ended
                        || bodiless
                        || !hasBody(status)
                        || reader.contentLength() <= 0
                        || wrong("The answer ends before the length that it names."));
    }

    private static boolean hasBody(int status) {
        return status >= 200 && status != 204 && status != 304;
    }

    /** -1 for none. */
    private static int status(HeaderList list) {
        int status = -1;
        for (int i = 0; i < list.count(); i++) {
            CharSequence name = list.name(i);
            if (name.length() == 0 || name.charAt(0) != ':') {
                continue;
            }
            CharSequence value = list.value(i);
            if (i > 0 || !HeaderListSyntax.isText(name, ":status") || value.length() != 3) {
                return -1;
            }
            status = 0;
            for (int k = 0; k < 3; k++) {
                int digit = value.charAt(k) - '0';
                if (digit < 0 || digit > 9) {
                    return -1;
                }
                status = status * 10 + digit;
            }
        }
        return status;
    }

    private boolean wrong(String sentence) {
        fault = sentence;
        return false;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
