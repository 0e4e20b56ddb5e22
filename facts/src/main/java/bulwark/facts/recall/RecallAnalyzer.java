package bulwark.facts.recall;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/** How text becomes words, the same for facts and for queries: letters and digits, lower case, without accents. */
final class RecallAnalyzer {
    /** Words of a query past this number are ignored. */
    static final int MAX_QUERY_TERMS = 64;

    private static final int QUERY_CHARACTERS = 8192;

    private RecallAnalyzer() {}

    static Analyzer analyzer() {
        return new Analyzer() {
            @Override
            protected TokenStreamComponents createComponents(String field) {
                StandardTokenizer words = new StandardTokenizer();
                return new TokenStreamComponents(words, new ASCIIFoldingFilter(new LowerCaseFilter(words)));
            }
        };
    }

    /**
     * Everything that is no letter, digit or mark becomes a space: the tokenizer would keep {@code memory:role} and
     * {@code user_a} whole, and nothing is left that a query language could mean.
     */
    static String plain(String text) {
        String composed = Normalizer.normalize(text, Normalizer.Form.NFKC);
        StringBuilder plain = new StringBuilder(composed.length());
        composed.codePoints().map(c -> isWord(c) ? c : ' ').forEach(plain::appendCodePoint);
        return plain.toString();
    }

    /** The distinct words of a query, in order. */
    static Set<String> ofQuery(Analyzer analyzer, String query) {
        String start = query.length() > QUERY_CHARACTERS ? query.substring(0, QUERY_CHARACTERS) : query;
        Set<String> words = new LinkedHashSet<>();
        try (TokenStream stream = analyzer.tokenStream("", plain(start))) {
            CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
            stream.reset();
            while (words.size() < MAX_QUERY_TERMS && stream.incrementToken()) {
                words.add(term.toString());
            }
            stream.end();
        } catch (IOException e) {
            throw new UncheckedIOException("a string has no I/O", e);
        }
        return words;
    }

    private static boolean isWord(int c) {
        if (Character.isLetterOrDigit(c)) {
            return true;
        }
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }
}
