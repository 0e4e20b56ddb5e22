package bulwark.facts.recall;

import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * The words of a text that is ASCII throughout, exactly as the analyzer of {@link RecallAnalyzer} finds them and several times as fast:
 * nearly every fact is such a text, and each is read by the indexing thread. Made once, set to one text after the other.
 */
final class AsciiTokenizer extends TokenStream {
    /** The analyzer cuts longer words at this length. */
    private static final int MAX_TOKEN_LENGTH = 255;

    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
    private String text = "";
    private int next;

    /** @return whether this stream can read the text */
    boolean set(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        this.text = text;
        return true;
    }

    @Override
    public void reset() {
        next = 0;
    }

    @Override
    public boolean incrementToken() {
        while (next < text.length() && !isWord(text.charAt(next))) {
            next++;
        }
        int start = next;
        while (next < text.length() && next - start < MAX_TOKEN_LENGTH && isWord(text.charAt(next))) {
            next++;
        }
        clearAttributes();
        char[] buffer = term.resizeBuffer(MAX_TOKEN_LENGTH);
        for (int i = start; i < next; i++) {
            char c = text.charAt(i);
            buffer[i - start] = c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
        }
        term.setLength(next - start);
        return next > start;
    }

    private static boolean isWord(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
