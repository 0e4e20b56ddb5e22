package bulwark.facts.recall;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.lucene.analysis.TokenFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;

/** Adds the {@link ScriptNgrams} behind each word, at its position: the length of a text stays the number of its words. */
final class ScriptNgramFilter extends TokenFilter {
    private final CharTermAttribute term = addAttribute(CharTermAttribute.class);
    private final PositionIncrementAttribute increment = addAttribute(PositionIncrementAttribute.class);
    private final Queue<String> ngrams = new ArrayDeque<>();

    ScriptNgramFilter(TokenStream words) {
        super(words);
    }

    @Override
    public boolean incrementToken() throws IOException {
        String ngram = ngrams.poll();
        if (ngram != null) {
            term.setEmpty().append(ngram);
            increment.setPositionIncrement(0);
            return true;
        }
        if (!input.incrementToken()) {
            return false;
        }
        ngrams.addAll(ScriptNgrams.ofFact(term.toString()));
        return true;
    }

    @Override
    public void reset() throws IOException {
        super.reset();
        ngrams.clear();
    }
}
