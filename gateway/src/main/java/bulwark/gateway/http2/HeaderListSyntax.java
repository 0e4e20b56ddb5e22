package bulwark.gateway.http2;

/** Characters of names and values in header lists (RFC 9113 §8.2.1), and the names that HTTP/2 does not have. */
final class HeaderListSyntax {
    private static final boolean[] NAME = new boolean[256];

    static {
        for (int c = 0x21; c < 0x7f; c++) {
            NAME[c] = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
        }
    }

    private HeaderListSyntax() {}

    /** A token in lower case. */
    static boolean isName(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0xff || !NAME[c]) {
                return false;
            }
        }
        return text.length() > 0;
    }

    /** No control character but the tab, and no blank at either end. */
    static boolean isValue(CharSequence text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f || c > 0xff) {
                return false;
            }
        }
        return length == 0 || !isBlank(text.charAt(0)) && !isBlank(text.charAt(length - 1));
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Visible ASCII, at least one. */
    static boolean isVisible(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return text.length() > 0;
    }

    static boolean isText(CharSequence one, CharSequence other) {
        if (one.length() != other.length()) {
            return false;
        }
        for (int i = 0; i < one.length(); i++) {
            if (one.charAt(i) != other.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    static boolean isTextIgnoringCase(CharSequence one, CharSequence other) {
        if (one.length() != other.length()) {
            return false;
        }
        for (int i = 0; i < one.length(); i++) {
            if (lower(one.charAt(i)) != lower(other.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
    }

    /** Whether the name is of one connection of HTTP/1.1 (RFC 9113 §8.2.2). @param name in lower case */
    static boolean isOfConnection(CharSequence name) {
        return switch (name.length()) {
            case 7 -> isText(name, "upgrade");
            case 10 -> isText(name, "connection") || isText(name, "keep-alive");
            case 16 -> isText(name, "proxy-connection");
            case 17 -> isText(name, "transfer-encoding");
            default -> false;
        };
    }
}
