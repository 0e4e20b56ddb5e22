package bulwark.tasks.envelope;

/**
 * About how many bytes of memory an envelope takes from its text to its end: the text itself, the tree that is made of it (of which an empty object alone takes thirty times its text),
 * the signed form and what is written when it is settled. Found by looking at the text, without making anything of it.
 */
public final class EnvelopeWeight {
    /** What weighs no more is handled without asking: entries of common size. */
    public static final long LIGHT = 64 * 1024;

    private static final int MAX_PER_CHAR = 60;
    private static final int PER_CHAR = 6;
    private static final int PER_CONTAINER = 84;
    private static final int PER_MEMBER = 110;
    private static final int PER_ELEMENT = 20;
    private static final int PER_QUOTE = 32;

    private EnvelopeWeight() {}

    /** @param json or a part of it that stands alone */
    public static long of(String json) {
        long most = (long) MAX_PER_CHAR * json.length();
        return most <= LIGHT ? most : scanned(json);
    }

    private static long scanned(String json) {
        long weight = (long) PER_CHAR * json.length();
        boolean text = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == '"') {
                text = !text;
                weight += PER_QUOTE;
            } else if (text) {
                i += c == '\\' ? 1 : 0;
            } else if (c == '{' || c == '[') {
                weight += PER_CONTAINER;
            } else if (c == ':') {
                weight += PER_MEMBER;
            } else if (c == ',') {
                weight += PER_ELEMENT;
            }
        }
        return weight;
    }
}
