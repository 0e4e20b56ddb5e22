package bulwark.facts.recall;

import java.util.List;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TermStates;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.SynonymQuery;
import org.apache.lucene.search.TermQuery;

/**
 * How a word of a query is sought.
 *
 * @param weight what the word tells, see {@link WordWeights}
 * @param quality how surely the facts that are found mean the word: 1 when they contain it, 0 when there are none
 * @param variants words that count as the word, but less
 */
record WordMatch(
        QueryWord word, TermStates states, double weight, double quality, List<String> variants, float variantBoost) {
    // With BM25+, a long text that contains the word still comes before a short one that contains an inflection.
    private static final float INFLECTED = 0.4f;
    private static final float MISSPELT = 0.3f;
    private static final float NGRAMS = 0.8f;

    static WordMatch exact(QueryWord word, TermStates states, double weight) {
        return new WordMatch(word, states, weight, 1, List.of(), 0);
    }

    /** @param seen whether the word itself is found too */
    WordMatch inflected(List<String> inflections, boolean seen) {
        return new WordMatch(word, states, weight, seen ? 1 : INFLECTED, inflections, INFLECTED);
    }

    WordMatch misspelt(List<String> spellings) {
        return new WordMatch(word, states, weight, MISSPELT, spellings, MISSPELT);
    }

    WordMatch missing() {
        return new WordMatch(word, states, weight, 0, List.of(), 0);
    }

    /** 1 when the weightiest word is found as it is, 0 when no word is. */
    static double knownScore(List<WordMatch> matches) {
        double known = 0;
        double most = 0;
        for (WordMatch match : matches) {
            known = Math.max(known, match.quality * match.weight);
            most = Math.max(most, match.weight);
        }
        return most > 0 ? known / most : 0;
    }

    /** Whether the index contains nothing of it for anybody. */
    boolean isNowhere() {
        return states.docFreq() == 0 && variants.isEmpty() && word.ngrams().isEmpty();
    }

    Query query() {
        if (!variants.isEmpty()) {
            SynonymQuery.Builder any = new SynonymQuery.Builder(FactDocument.TEXT).addTerm(term(), 1);
            variants.forEach(variant -> any.addTerm(new Term(FactDocument.TEXT, variant), variantBoost));
            return any.build();
        }
        Query whole = new TermQuery(term(), states);
        return word.ngrams().isEmpty()
                ? whole
                : new BooleanQuery.Builder()
                        .add(whole, Occur.SHOULD)
                        .add(ngrams(), Occur.SHOULD)
                        .build();
    }

    private Term term() {
        return new Term(FactDocument.TEXT, word.text());
    }

    /** All of them together weigh less than the whole word. */
    private Query ngrams() {
        List<String> ngrams = word.ngrams();
        BooleanQuery.Builder some = new BooleanQuery.Builder();
        ngrams.forEach(ngram -> some.add(new TermQuery(new Term(FactDocument.TEXT, ngram)), Occur.SHOULD));
        some.setMinimumNumberShouldMatch(ScriptNgrams.required(word.text(), ngrams.size()));
        return new BoostQuery(some.build(), NGRAMS / ngrams.size());
    }
}
