package bulwark.web;

/** A request target in origin form, split at the question mark; nothing is decoded yet. */
record RequestTarget(String path, String query) {

    /** @throws Malformed when the target is not a path of visible ASCII characters */
    static RequestTarget parse(String uri) {
        if (uri.isEmpty() || uri.charAt(0) != '/') {
            throw new Malformed("The request target must be a path that begins with a slash.");
        }
        int question = -1;
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#' || c == '\\') {
                throw new Malformed("The request target holds a character that must be percent-encoded.");
            }
            if (c == '?' && question < 0) {
                question = i;
            }
        }
        return question < 0
                ? new RequestTarget(uri, "")
                : new RequestTarget(uri.substring(0, question), uri.substring(question + 1));
    }

    /** The message is a sentence for the caller. */
    static final class Malformed extends RuntimeException {
        Malformed(String sentence) {
            super(sentence, null, false, false);
        }
    }
}
