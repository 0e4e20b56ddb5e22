package bulwark.facts.recall;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/**
 * How text becomes words, the same for facts and for queries: letters and digits, lower case, without accents; each emoji is
 * a word. Facts have the {@link ScriptNgrams} of their words besides.
 */
final class RecallAnalyzer {
    /** Words of a query past this number are ignored. */
    static final int MAX_QUERY_TERMS = 64;

    /** Lucene takes 1,024 clauses: these, the words and their variants together stay far below. */
    private static final int MAX_QUERY_PIECES = 256;

    private static final int QUERY_CHARACTERS = 8192;

    private static final int TEXT_STYLE = 0xFE0E;
    private static final int EMOJI_STYLE = 0xFE0F;

    private RecallAnalyzer() {}

    /** For facts. */
    static Analyzer analyzer() {
        return analyzer(true);
    }

    static Analyzer queryAnalyzer() {
        return analyzer(false);
    }

    private static Analyzer analyzer(boolean ngrams) {
        return new Analyzer() {
            @Override
            protected TokenStreamComponents createComponents(String field) {
                StandardTokenizer words = new StandardTokenizer();
                TokenStream folded = new ASCIIFoldingFilter(new LowerCaseFilter(words));
                return new TokenStreamComponents(words, ngrams ? new ScriptNgramFilter(folded) : folded);
            }
        };
    }

    /**
     * Everything that is no letter, digit, mark or emoji becomes a space: the tokenizer would keep {@code memory:role} and
     * {@code user_a} whole, and nothing is left that a query language could mean. Skin and style of an emoji are dropped.
     */
    static String plain(String text) {
        String composed = Normalizer.normalize(text, Normalizer.Form.NFKC);
        StringBuilder plain = new StringBuilder(composed.length());
        composed.codePoints()
                .filter(c -> !isEmojiStyle(c))
                .map(c -> isWord(c) || isEmoji(c) ? c : ' ')
                .forEach(plain::appendCodePoint);
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

    /** The words with what else is asked for them. */
    static List<QueryWord> wordsOfQuery(Analyzer analyzer, String query) {
        List<QueryWord> words = new ArrayList<>();
        int left = MAX_QUERY_PIECES;
        for (String text : ofQuery(analyzer, query)) {
            List<String> ngrams = ScriptNgrams.ofQuery(text);
            List<String> taken = ngrams.subList(0, Math.min(left, ngrams.size()));
            left -= taken.size();
            words.add(new QueryWord(text, List.copyOf(taken)));
        }
        return words;
    }

    private static boolean isEmoji(int c) {
        return c >= 0x80 && (Character.isEmojiPresentation(c) || Character.isExtendedPictographic(c));
    }

    private static boolean isEmojiStyle(int c) {
        return c == TEXT_STYLE || c == EMOJI_STYLE || Character.isEmojiModifier(c);
    }

    private static boolean isWord(int c) {
        if (Character.isLetterOrDigit(c)) {
            return true;
        }
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }
}
