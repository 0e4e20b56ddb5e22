package bulwark.facts.recall;

import org.apache.lucene.index.FieldInvertState;
import org.apache.lucene.search.CollectionStatistics;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.TermStatistics;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.search.similarities.Similarity;

/**
 * BM25 with a lower bound (BM25+): each word of the query that a fact contains adds its rarity on top, so that a fact with
 * all words comes before one that repeats a single word. A variant of a word counts as a fraction of it, also there.
 */
final class CoverageSimilarity extends Similarity {
    private static final float BONUS = 1.0f;

    private final BM25Similarity bm25 = new BM25Similarity();

    @Override
    public long computeNorm(FieldInvertState state) {
        return bm25.computeNorm(state);
    }

    @Override
    public SimScorer scorer(float boost, CollectionStatistics collection, TermStatistics... terms) {
        SimScorer inner = bm25.scorer(boost, collection, terms);
        double rarity = 0;
        for (TermStatistics term : terms) {
            long with = term.docFreq();
            rarity += Math.log(1 + (collection.docCount() - with + 0.5) / (with + 0.5));
        }
        float bonus = (float) (boost * BONUS * rarity);
        return new SimScorer() {
            @Override
            public float score(float frequency, long norm) {
                return inner.score(frequency, norm) + bonus * Math.min(1, frequency);
            }

            @Override
            public Explanation explain(Explanation frequency, long norm) {
                return Explanation.match(score(frequency.getValue().floatValue(), norm), "BM25+", frequency);
            }
        };
    }
}
