package bulwark.gateway.http1;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request's head as the client sent it, checked and indexed. Immutable and thread-safe. */
public final class RawRequestHead {
    static final int CHUNKED = 1;
    static final int PERSISTENT = 2;
    static final int UPGRADE = 4;
    static final int CONNECTION_OPTIONS = 8;
    static final int EXPECT_CONTINUE = 16;

    private static final String[] METHODS = {"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"};

    private final byte[] bytes;
    private final long[] fields;
    private final int pathStart;
    private final int pathEnd;
    private final int targetEnd;
    private final int minorVersion;
    private final long contentLength;
    private final int flags;
    private final String method;

    RawRequestHead(
            byte[] bytes,
            long[] fields,
            int methodStart,
            int methodEnd,
            int pathStart,
            int pathEnd,
            int targetEnd,
            int minorVersion,
            long contentLength,
            int flags) {
        this.bytes = bytes;
        this.fields = fields;
        this.pathStart = pathStart;
        this.pathEnd = pathEnd;
        this.targetEnd = targetEnd;
        this.minorVersion = minorVersion;
        this.contentLength = contentLength;
        this.flags = flags;
        this.method = method(bytes, methodStart, methodEnd);
    }

    private static String method(byte[] bytes, int start, int end) {
        for (String known : METHODS) {
            if (isText(bytes, start, end, known)) {
                return known;
            }
        }
        return new String(bytes, start, end - start, StandardCharsets.US_ASCII);
    }

    private static boolean isText(byte[] bytes, int start, int end, String text) {
        if (end - start != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (bytes[start + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Case-sensitive, a token; the usual ones are one String each. */
    public String method() {
        return method;
    }

    /** Path and query as sent: begins with a slash, or is {@code *}. */
    public String target() {
        return text(pathStart, targetEnd);
    }

    /** Where {@link #target} begins in {@link #bytes}. */
    public int targetStart() {
        return pathStart;
    }

    public int targetEnd() {
        return targetEnd;
    }

    /** End of the path: the question mark, or the end of the target. */
    public int pathEnd() {
        return pathEnd;
    }

    /** Whether the path as sent is this one. */
    public boolean hasPath(byte[] path) {
        return pathEnd - pathStart == path.length && startsWithPath(path);
    }

    /** Whether the path as sent begins so. */
    public boolean startsWithPath(byte[] prefix) {
        return pathEnd - pathStart >= prefix.length
                && Arrays.mismatch(bytes, pathStart, pathStart + prefix.length, prefix, 0, prefix.length) < 0;
    }

    /** The path as sent, without the query. */
    public String path() {
        return text(pathStart, pathEnd);
    }

    /** 0 or 1: HTTP/1.0 or HTTP/1.1. */
    public int minorVersion() {
        return minorVersion;
    }

    /** -1 when the head names none. */
    public long contentLength() {
        return contentLength;
    }

    public boolean isChunked() {
        return (flags & CHUNKED) != 0;
    }

    public boolean hasBody() {
        return isChunked() || contentLength > 0;
    }

    /** Whether the client keeps the connection open after the answer. */
    public boolean isPersistent() {
        return (flags & PERSISTENT) != 0;
    }

    /** Whether {@code Connection} names Upgrade. */
    public boolean isUpgrade() {
        return (flags & UPGRADE) != 0;
    }

    public boolean expectsContinue() {
        return (flags & EXPECT_CONTINUE) != 0;
    }

    /** Whether {@code Connection} names more than close, keep-alive and upgrade. */
    public boolean hasConnectionOptions() {
        return (flags & CONNECTION_OPTIONS) != 0;
    }

    /** Whether {@code Connection} names this header line, in any spelling. */
    public boolean isConnectionOption(long field) {
        return FieldSyntax.isConnectionOption(bytes, fields, fields.length, field);
    }

    public int fieldCount() {
        return fields.length;
    }

    /** See {@link Field}. */
    public long field(int index) {
        return fields[index];
    }

    /** The head itself, to be read and never written. */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * Value of the first header line of this name, exactly so spelled but for case, or null.
     *
     * @param lower name in lower case
     */
    public @Nullable String value(String lower) {
        for (long field : fields) {
            if (isNamed(field, lower)) {
                return value(field);
            }
        }
        return null;
    }

    /** Values of all header lines of this name, in their order. */
    public List<String> values(String lower) {
        List<String> values = new ArrayList<>(2);
        for (long field : fields) {
            if (isNamed(field, lower)) {
                values.add(value(field));
            }
        }
        return values;
    }

    /** Value of the first header line of the code, or null. @param code of {@link HeaderName} */
    public @Nullable String value(byte code) {
        for (long field : fields) {
            if (Field.code(field) == code) {
                return value(field);
            }
        }
        return null;
    }

    private boolean isNamed(long field, String lower) {
        return FieldSyntax.equalsIgnoreCase(bytes, Field.nameStart(field), Field.nameEnd(field), lower);
    }

    public String name(long field) {
        return text(Field.nameStart(field), Field.nameEnd(field));
    }

    /** Without blanks around it; bytes beyond ASCII are read as ISO 8859-1. */
    public String value(long field) {
        return text(Field.valueStart(field), Field.valueEnd(field));
    }

    private String text(int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    /** Method and path, for a log; header values stay out of it. */
    @Override
    public String toString() {
        return method + " " + path();
    }
}
