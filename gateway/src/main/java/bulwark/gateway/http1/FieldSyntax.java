package bulwark.gateway.http1;

/** Characters and tokens of header values (RFC 9110 §5.5, §5.6). */
final class FieldSyntax {
    private static final boolean[] TEXT = new boolean[256];

    static {
        for (int c = 0x20; c < 0x100; c++) {
            TEXT[c] = c != 0x7f;
        }
        TEXT['\t'] = true;
    }

    private FieldSyntax() {}

    static boolean isText(byte c) {
        return TEXT[c & 0xff];
    }

    static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }

    static byte lower(byte c) {
        return c >= 'A' && c <= 'Z' ? (byte) (c + 'a' - 'A') : c;
    }

    /** @param lower in lower case */
    static boolean equalsIgnoreCase(byte[] bytes, int start, int end, String lower) {
        if (end - start != lower.length()) {
            return false;
        }
        for (int i = 0; i < lower.length(); i++) {
            if (lower(bytes[start + i]) != lower.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether one of the {@code Connection} lines names this header line. */
    static boolean isConnectionOption(byte[] bytes, long[] fields, int count, long field) {
        for (int i = 0; i < count; i++) {
            if (Field.code(fields[i]) == HeaderName.CONNECTION && names(bytes, fields[i], field)) {
                return true;
            }
        }
        return false;
    }

    private static boolean names(byte[] bytes, long connection, long field) {
        int end = Field.valueEnd(connection);
        int at = Field.valueStart(connection);
        while (at < end) {
            int tokenEnd = tokenEnd(bytes, at, end);
            if (isName(bytes, at, trimmed(bytes, at, tokenEnd), field)) {
                return true;
            }
            at = nextToken(bytes, tokenEnd, end);
        }
        return false;
    }

    /** The comma after the token, or the end. */
    static int tokenEnd(byte[] bytes, int at, int end) {
        int i = at;
        while (i < end && bytes[i] != ',') {
            i++;
        }
        return i;
    }

    /** The end without blanks. */
    static int trimmed(byte[] bytes, int start, int end) {
        int i = end;
        while (i > start && isBlank(bytes[i - 1])) {
            i--;
        }
        return i;
    }

    /** Where the next element of a list starts. */
    static int nextToken(byte[] bytes, int tokenEnd, int end) {
        int i = tokenEnd;
        while (i < end && (bytes[i] == ',' || isBlank(bytes[i]))) {
            i++;
        }
        return i;
    }

    /** In any case and in every spelling that a backend may read as the same name. */
    private static boolean isName(byte[] bytes, int start, int end, long field) {
        int name = Field.nameStart(field);
        if (Field.nameEnd(field) - name != end - start) {
            return false;
        }
        for (int i = start; i < end; i++, name++) {
            if (HeaderName.FOLDED[bytes[i] & 0xff] != HeaderName.FOLDED[bytes[name] & 0xff]) {
                return false;
            }
        }
        return true;
    }
}
