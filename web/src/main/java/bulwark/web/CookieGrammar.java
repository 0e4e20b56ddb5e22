package bulwark.web;

/** What RFC 6265bis, section 4.1.1, allows in the name and the value of a cookie. */
final class CookieGrammar {
    private CookieGrammar() {}

    static boolean isPair(String pair, int equals) {
        return isName(pair.substring(0, equals)) && isValue(pair.substring(equals + 1));
    }

    static boolean isName(String name) {
        return HeaderNames.isToken(name);
    }

    /** Cookie octets, all of them in double quotes or none. */
    static boolean isValue(String value) {
        int from = 0;
        int to = value.length();
        if (to >= 2 && value.charAt(0) == '"' && value.charAt(to - 1) == '"') {
            from++;
            to--;
        }
        for (int i = from; i < to; i++) {
            if (!isOctet(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOctet(char c) {
        return c > ' ' && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
    }
}
