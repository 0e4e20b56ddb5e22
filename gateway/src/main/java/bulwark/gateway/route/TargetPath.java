package bulwark.gateway.route;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request target in origin form (RFC 9112 §3.2.1), decoded once. What programs read differently was refused before; an encoded slash is kept
 * apart from a slash, so that no prefix of a route matches it. The client's own bytes stay at hand for the backend. Immutable, as long as nobody writes to
 * the bytes that it was read from.
 */
public final class TargetPath {
    /** Stands for an encoded slash in the decoded form, where a NUL byte cannot occur. */
    static final byte ENCODED_SLASH = 0;

    private final byte[] source;
    private final int start;
    private final int end;
    private final byte @Nullable [] decoded;
    private final int length;
    private final boolean encodedSlash;

    /**
     * @param end where the path ends in the source: at the question mark or behind the target
     * @param decoded null when the path holds no percent sign, and is its own decoded form
     */
    TargetPath(byte[] source, int start, int end, byte @Nullable [] decoded, int length, boolean encodedSlash) {
        this.source = source;
        this.start = start;
        this.end = end;
        this.decoded = decoded;
        this.length = length;
        this.encodedSlash = encodedSlash;
    }

    /** @param source a request's head, of which the target is the bytes from {@code start} up to {@code end}; not copied */
    public static TargetPath of(byte[] source, int start, int end) throws PathRefused {
        return TargetPathReader.read(source, start, end);
    }

    /** Characters beyond ASCII are refused, as their bytes would be. */
    public static TargetPath of(String target) throws PathRefused {
        byte[] bytes = target.getBytes(StandardCharsets.UTF_8);
        return of(bytes, 0, bytes.length);
    }

    /** Whether it holds a percent-encoded slash: such a path is for routes alone that take it by name. */
    public boolean hasEncodedSlash() {
        return encodedSlash;
    }

    /** The path as the client sent it, without the query. */
    public String raw() {
        return new String(source, start, end - start, StandardCharsets.US_ASCII);
    }

    /** The path as it is matched; an encoded slash is shown as {@code %2F}. */
    public String decoded() {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            if (at(i) == ENCODED_SLASH) {
                text.append("%2F");
            } else {
                text.append((char) (at(i) & 0xff));
            }
        }
        return text.toString();
    }

    /** In bytes, decoded. */
    int length() {
        return length;
    }

    byte at(int index) {
        return decoded == null ? source[start + index] : decoded[index];
    }

    boolean startsWith(byte[] prefix) {
        if (prefix.length > length) {
            return false;
        }
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != at(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Where in the source the path goes on after some whole segments.
     *
     * @param segments how many, from the first on
     * @param decodedEnd where they end in the decoded form
     */
    int sourceIndex(int segments, int decodedEnd) {
        if (decoded == null) {
            return start + decodedEnd;
        }
        int slashes = 0;
        for (int i = start; i < end; i++) {
            if (source[i] == '/' && slashes++ == segments) {
                return i;
            }
        }
        return end;
    }
}
