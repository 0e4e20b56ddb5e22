package bulwark.gateway.route;

import bulwark.kernel.json.Utf8;
import java.util.Arrays;

/** Reads the path of a request target: one pass over the target, and one over its path when that holds a percent sign. */
final class TargetPathReader {
    private static final byte PLAIN = 0;
    private static final byte SLASH = 1;
    private static final byte DOT = 2;
    private static final byte PERCENT = 3;
    private static final byte QUESTION = 4;
    private static final byte FORBIDDEN = 5;

    /** By ASCII code. */
    private static final byte[] KIND = kinds();

    private final byte[] source;
    private final int start;
    private final int targetEnd;
    private int end;
    private boolean percent;
    private boolean leadingDot;

    private TargetPathReader(byte[] source, int start, int targetEnd) {
        this.source = source;
        this.start = start;
        this.targetEnd = targetEnd;
        this.end = targetEnd;
    }

    private static byte[] kinds() {
        byte[] kinds = new byte[128];
        Arrays.fill(kinds, 0, ' ' + 1, FORBIDDEN);
        kinds[0x7f] = FORBIDDEN;
        kinds['#'] = FORBIDDEN;
        kinds['\\'] = FORBIDDEN;
        kinds['/'] = SLASH;
        kinds['.'] = DOT;
        kinds['%'] = PERCENT;
        kinds['?'] = QUESTION;
        return kinds;
    }

    static TargetPath read(byte[] source, int start, int end) throws PathRefused {
        if (start >= end || source[start] != '/') {
            throw PathFault.NOT_A_PATH.refused();
        }
        TargetPathReader reader = new TargetPathReader(source, start, end);
        reader.scan();
        if (reader.percent) {
            return reader.decoded();
        }
        TargetPath path = new TargetPath(source, start, reader.end, null, reader.end - start, false);
        if (reader.leadingDot) {
            requireNoDotSegment(path);
        }
        return path;
    }

    private void scan() throws PathRefused {
        byte before = 0;
        for (int i = start; i < targetEnd; i++) {
            byte b = source[i];
            byte kind = b < 0 ? FORBIDDEN : KIND[b];
            if (kind == FORBIDDEN) {
                throw forbidden(b).refused();
            }
            if (kind == QUESTION) {
                end = i;
                requireEncodedQuery(i + 1);
                return;
            }
            if (before == '/') {
                if (kind == SLASH) {
                    throw PathFault.DOUBLE_SLASH.refused();
                }
                leadingDot |= kind == DOT;
            }
            percent |= kind == PERCENT;
            before = b;
        }
    }

    /** The query is the backend's; here it must only be one that no program splits in two. */
    private void requireEncodedQuery(int from) throws PathRefused {
        for (int i = from; i < targetEnd; i++) {
            byte b = source[i];
            if (b <= ' ' || b == 0x7f || b == '#') {
                throw PathFault.UNENCODED.refused();
            }
        }
    }

    private static PathFault forbidden(byte b) {
        return switch (b) {
            case 0 -> PathFault.NUL;
            case '\\' -> PathFault.BACKSLASH;
            default -> PathFault.UNENCODED;
        };
    }

    private TargetPath decoded() throws PathRefused {
        byte[] bytes = new byte[end - start];
        int length = 0;
        boolean ascii = true;
        boolean encodedSlash = false;
        for (int i = start; i < end; i++) {
            byte b = source[i];
            if (b != '%') {
                bytes[length++] = b;
                continue;
            }
            byte value = encodedByte(i);
            i += 2;
            ascii &= value >= 0;
            encodedSlash |= value == '/';
            bytes[length++] = value == '/' ? TargetPath.ENCODED_SLASH : value;
        }
        if (!ascii && Utf8.firstFault(Arrays.copyOf(bytes, length)) >= 0) {
            throw PathFault.NOT_UTF8.refused();
        }
        TargetPath path = new TargetPath(source, start, end, bytes, length, encodedSlash);
        requireNoDoubleSlash(path);
        requireNoDotSegment(path);
        return path;
    }

    private byte encodedByte(int percentAt) throws PathRefused {
        int high = percentAt + 2 < end ? Character.digit(source[percentAt + 1], 16) : -1;
        int low = percentAt + 2 < end ? Character.digit(source[percentAt + 2], 16) : -1;
        if (high < 0 || low < 0) {
            throw PathFault.BAD_PERCENT.refused();
        }
        int value = high << 4 | low;
        if (value == 0) {
            throw PathFault.NUL.refused();
        }
        if (value < ' ' || value == 0x7f) {
            throw PathFault.CONTROL_CHARACTER.refused();
        }
        if (value == '\\') {
            throw PathFault.BACKSLASH.refused();
        }
        return (byte) value;
    }

    /** A slash beside an encoded one is a double slash for the program that reads both as slashes. */
    private static void requireNoDoubleSlash(TargetPath path) throws PathRefused {
        for (int i = 1; i < path.length(); i++) {
            if (isSlash(path.at(i)) && isSlash(path.at(i - 1))) {
                throw PathFault.DOUBLE_SLASH.refused();
            }
        }
    }

    /** Dots before a semicolon count too: some servers cut path parameters off before they resolve the dots. */
    private static void requireNoDotSegment(TargetPath path) throws PathRefused {
        for (int i = 0; i < path.length(); i++) {
            if (isSlash(path.at(i)) && isDotSegment(path, i + 1)) {
                throw PathFault.DOT_SEGMENT.refused();
            }
        }
    }

    private static boolean isDotSegment(TargetPath path, int start) {
        int i = start;
        while (i < path.length() && i < start + 3 && path.at(i) == '.') {
            i++;
        }
        int dots = i - start;
        return dots > 0 && dots < 3 && (i == path.length() || isSlash(path.at(i)) || path.at(i) == ';');
    }

    private static boolean isSlash(byte b) {
        return b == '/' || b == TargetPath.ENCODED_SLASH;
    }
}
