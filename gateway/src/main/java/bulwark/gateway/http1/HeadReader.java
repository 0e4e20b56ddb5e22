package bulwark.gateway.http1;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one head of HTTP/1.1 strictly (RFC 9112): a line ends with CR LF and nothing else, no folded lines, no blank before a colon, one length or chunks and never both. It
 * holds the last head that it read until the next one. One for each event loop; not thread-safe.
 */
public final class HeadReader {
    /** What became of the bytes. */
    public enum Result {
        COMPLETE,
        /** All bytes so far are right, and the head goes on. */
        INCOMPLETE,
        /** {@link #fault} says why. */
        MALFORMED,
        TARGET_TOO_LONG,
        FIELDS_TOO_LARGE,
        VERSION_NOT_SUPPORTED
    }

    private static final byte CR = '\r';
    private static final byte LF = '\n';
    private static final int MAX_METHOD_BYTES = 32;
    private static final int MAX_NAME_BYTES = 255;
    private static final byte[] VERSION = {'H', 'T', 'T', 'P', '/', '1', '.'};

    private final HeadLimits limits;
    private final MessageFraming framing = new MessageFraming();

    byte[] bytes = new byte[0];
    final long[] fields;
    int fieldCount;
    int methodEnd;
    int targetStart;
    int targetEnd;
    int status;
    int minorVersion;
    int start;
    int headEnd;
    private int at;
    private int end;
    private @Nullable String fault;

    public HeadReader(HeadLimits limits) {
        this.limits = limits;
        this.fields = new long[limits.fields()];
    }

    /** A sentence for the sender. */
    public String fault() {
        return fault == null ? "The head is malformed." : fault;
    }

    /** Bytes of the head, the blank line included. */
    public int headEnd() {
        return headEnd;
    }

    /** @param length how many bytes are there, from 0; not kept */
    public Result readRequest(byte[] head, int length) {
        begin(head, length);
        if (end > 0 && head[0] == CR) {
            // One empty line in front is accepted (RFC 9112 §2.2).
            Result blank = lineEnd();
            if (blank != Result.COMPLETE) {
                return blank;
            }
        }
        start = at;
        Result line = requestLine();
        if (line != Result.COMPLETE) {
            return line;
        }
        Result result = readFields();
        return result == Result.COMPLETE ? checked(framing.readRequest(this)) : result;
    }

    /** As {@link #readRequest}, for an answer. */
    public Result readResponse(byte[] head, int length) {
        begin(head, length);
        Result line = statusLine();
        if (line != Result.COMPLETE) {
            return line;
        }
        Result result = readFields();
        return result == Result.COMPLETE ? checked(framing.readResponse(this)) : result;
    }

    /** The header lines behind the last chunk, up to the blank line; none of them frames the message. */
    public Result readTrailers(byte[] lines, int length) {
        begin(lines, length);
        return readFields();
    }

    private void begin(byte[] head, int length) {
        bytes = head;
        end = length;
        at = 0;
        start = 0;
        fieldCount = 0;
        fault = null;
    }

    private Result checked(@Nullable String problem) {
        return problem == null ? Result.COMPLETE : malformed(problem);
    }

    private Result malformed(String sentence) {
        fault = sentence;
        return Result.MALFORMED;
    }

    private Result requestLine() {
        byte[] b = bytes;
        int i = at;
        while (i < end && HeaderName.FOLDED[b[i] & 0xff] != 0) {
            i++;
        }
        if (i - start > MAX_METHOD_BYTES) {
            return malformed("The method is too long.");
        }
        if (i == end) {
            return Result.INCOMPLETE;
        }
        if (b[i] != ' ' || i == start) {
            return malformed("The request line does not begin with a method and a space.");
        }
        methodEnd = i;
        targetStart = ++i;
        while (i < end && b[i] > ' ' && b[i] < 0x7f) {
            i++;
        }
        if (i - targetStart > limits.targetBytes()) {
            return Result.TARGET_TOO_LONG;
        }
        if (i == end) {
            return Result.INCOMPLETE;
        }
        if (b[i] != ' ' || i == targetStart) {
            return malformed(
                    "The target of the request holds a character that must be percent-encoded, or no version follows it.");
        }
        targetEnd = i;
        at = i + 1;
        return version(true);
    }

    /** {@code HTTP/1.x}, and the line end where the line ends with it. */
    private Result version(boolean lineEnd) {
        byte[] b = bytes;
        int i = at;
        for (byte expected : VERSION) {
            if (i == end) {
                return Result.INCOMPLETE;
            }
            if (b[i] != expected) {
                return i - at >= VERSION.length - 2 && b[i] >= '0' && b[i] <= '9'
                        ? Result.VERSION_NOT_SUPPORTED
                        : malformed("The version is not HTTP/1.0 or HTTP/1.1.");
            }
            i++;
        }
        if (i == end) {
            return Result.INCOMPLETE;
        }
        minorVersion = b[i] - '0';
        if (minorVersion != 0 && minorVersion != 1) {
            return minorVersion > 1 && minorVersion <= 9
                    ? Result.VERSION_NOT_SUPPORTED
                    : malformed("The version is not HTTP/1.0 or HTTP/1.1.");
        }
        at = i + 1;
        return lineEnd ? lineEnd() : Result.COMPLETE;
    }

    private Result lineEnd() {
        if (at < end && bytes[at] != CR) {
            return malformed("A line does not end with CR LF.");
        }
        if (at + 1 >= end) {
            return Result.INCOMPLETE;
        }
        if (bytes[at + 1] != LF) {
            return malformed("A line does not end with CR LF.");
        }
        at += 2;
        return Result.COMPLETE;
    }

    private Result statusLine() {
        Result version = version(false);
        if (version != Result.COMPLETE) {
            return version;
        }
        byte[] b = bytes;
        if (end - at < 4) {
            return Result.INCOMPLETE;
        }
        if (b[at] != ' ' || !isDigit(b[at + 1]) || !isDigit(b[at + 2]) || !isDigit(b[at + 3])) {
            return malformed("The status line holds no status of three digits.");
        }
        status = (b[at + 1] - '0') * 100 + (b[at + 2] - '0') * 10 + (b[at + 3] - '0');
        if (status < 100 || status > 599) {
            return malformed("The status is not between 100 and 599.");
        }
        int i = at + 4;
        if (i < end && b[i] != ' ' && b[i] != CR) {
            return malformed("The status line holds no status of three digits.");
        }
        while (i < end && FieldSyntax.isText(b[i])) {
            i++;
        }
        if (i - at > limits.fieldBytes()) {
            return Result.FIELDS_TOO_LARGE;
        }
        at = i;
        return i == end ? Result.INCOMPLETE : lineEnd();
    }

    private Result readFields() {
        byte[] b = bytes;
        int blockStart = at;
        while (true) {
            if (at == end) {
                return incompleteFields(blockStart);
            }
            if (b[at] == CR) {
                Result blank = lineEnd();
                headEnd = at;
                return blank;
            }
            Result line = fieldLine();
            if (line != Result.COMPLETE) {
                return line == Result.INCOMPLETE ? incompleteFields(blockStart) : line;
            }
            if (at - blockStart > limits.fieldBytes()) {
                return Result.FIELDS_TOO_LARGE;
            }
        }
    }

    private Result incompleteFields(int blockStart) {
        return end - blockStart > limits.fieldBytes() ? Result.FIELDS_TOO_LARGE : Result.INCOMPLETE;
    }

    private Result fieldLine() {
        byte[] b = bytes;
        int i = at;
        int nameStart = i;
        int hash = 0;
        byte folded = 0;
        while (i < end && (folded = HeaderName.FOLDED[b[i] & 0xff]) != 0) {
            hash = HeaderName.hash(hash, folded);
            i++;
        }
        if (i == end) {
            return Result.INCOMPLETE;
        }
        int nameEnd = i;
        if (b[i] != ':' || nameEnd == nameStart) {
            return malformed(
                    b[nameStart] == ' ' || b[nameStart] == '\t'
                            ? "Folded header lines are not accepted."
                            : "A header line has no name, or one with a forbidden character.");
        }
        if (nameEnd - nameStart > MAX_NAME_BYTES || fieldCount == fields.length) {
            return Result.FIELDS_TOO_LARGE;
        }
        i++;
        while (i < end && FieldSyntax.isBlank(b[i])) {
            i++;
        }
        int valueStart = i;
        while (i < end && FieldSyntax.isText(b[i])) {
            i++;
        }
        at = i;
        if (i == end) {
            return Result.INCOMPLETE;
        }
        if (b[i] != CR) {
            return malformed("A header value holds a control character, or its line does not end with CR LF.");
        }
        Result lineEnd = lineEnd();
        if (lineEnd == Result.COMPLETE) {
            while (i > valueStart && FieldSyntax.isBlank(b[i - 1])) {
                i--;
            }
            byte code = HeaderName.code(b, nameStart, nameEnd, hash);
            fields[fieldCount++] = Field.pack(nameStart, nameEnd - nameStart, valueStart, i, code);
        }
        return lineEnd;
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    /** An own copy of the request that was read last. */
    public RawRequestHead request() {
        return new RawRequestHead(
                Arrays.copyOfRange(bytes, 0, headEnd),
                Arrays.copyOf(fields, fieldCount),
                start,
                methodEnd,
                framing.pathStart,
                framing.pathEnd,
                targetEnd,
                minorVersion,
                framing.contentLength,
                framing.flags);
    }

    /** Status of the answer that was read last. */
    public int status() {
        return status;
    }

    public int minorVersion() {
        return minorVersion;
    }

    /** Number of header lines of the head that was read last. */
    public int fieldCount() {
        return fieldCount;
    }

    /** A {@link Field} of the head that was read last. */
    public long field(int index) {
        return fields[index];
    }

    /** -1 when the head names no length. */
    public long contentLength() {
        return framing.contentLength;
    }

    public boolean isChunked() {
        return (framing.flags & RawRequestHead.CHUNKED) != 0;
    }

    /** Whether the sender keeps the connection open, as far as the head says. */
    public boolean isPersistent() {
        return (framing.flags & RawRequestHead.PERSISTENT) != 0;
    }

    /** Whether the head wants to change the protocol. */
    public boolean isUpgrade() {
        return (framing.flags & RawRequestHead.UPGRADE) != 0;
    }

    /** Whether {@code Connection} names header lines of one hop. */
    public boolean hasConnectionOptions() {
        return (framing.flags & RawRequestHead.CONNECTION_OPTIONS) != 0;
    }

    /** Whether a value begins with this text. @param lower in lower case */
    public boolean valueStartsWith(long field, String lower) {
        int valueStart = Field.valueStart(field);
        return Field.valueEnd(field) - valueStart >= lower.length()
                && FieldSyntax.equalsIgnoreCase(bytes, valueStart, valueStart + lower.length(), lower);
    }

    /** Whether {@code Connection} names this header line. */
    public boolean isConnectionOption(long field) {
        return FieldSyntax.isConnectionOption(bytes, fields, fieldCount, field);
    }
}
