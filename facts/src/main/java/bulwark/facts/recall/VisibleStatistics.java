package bulwark.facts.recall;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.CollectionStatistics;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TermStatistics;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * Searches one state of the index and counts only facts of certain places, for one recall: how rare a word is must not tell a caller
 * what facts that are hidden from him say. Costs nothing where all facts are visible; else a pass over the facts that hold a word of
 * the query, once for each word. For one thread.
 */
final class VisibleStatistics extends IndexSearcher {
    /** Words of a fact, entity and relation included. A mean over hidden facts would tell how long they are, so there is none. */
    private static final int MEAN_WORDS = 16;

    private final Collection<BytesRef> places;
    private final Map<String, Integer> counts = new HashMap<>();
    private final int facts;
    private @Nullable Map<Object, FixedBitSet> visible;

    /** @param places see {@link FactDocument#place} */
    VisibleStatistics(IndexSearcher whole, Collection<BytesRef> places) throws IOException {
        super(whole.getIndexReader());
        this.places = places;
        setSimilarity(whole.getSimilarity());
        setQueryCache(null);
        int sum = 0;
        for (BytesRef place : places) {
            sum += getIndexReader().docFreq(new Term(FactDocument.PLACE, place));
        }
        facts = sum;
    }

    /** Number of visible facts, also expired ones. */
    int facts() {
        return facts;
    }

    /** Number of visible facts that contain the word, also expired ones. */
    int with(BytesRef word) throws IOException {
        String text = word.utf8ToString();
        Integer known = counts.get(text);
        if (known == null) {
            known = count(word);
            counts.put(text, known);
        }
        return known;
    }

    private int count(BytesRef word) throws IOException {
        IndexReader reader = getIndexReader();
        if (facts == reader.maxDoc()) {
            return reader.docFreq(new Term(FactDocument.TEXT, word));
        }
        int count = 0;
        for (LeafReaderContext leaf : reader.leaves()) {
            PostingsEnum postings = leaf.reader().postings(new Term(FactDocument.TEXT, word), PostingsEnum.NONE);
            if (postings != null) {
                FixedBitSet seen = visible(leaf);
                for (int fact = postings.nextDoc(); fact != DocIdSetIterator.NO_MORE_DOCS; fact = postings.nextDoc()) {
                    count += seen.get(fact) ? 1 : 0;
                }
            }
        }
        return count;
    }

    private FixedBitSet visible(LeafReaderContext leaf) throws IOException {
        Map<Object, FixedBitSet> all = visible;
        if (all == null) {
            all = new HashMap<>();
            visible = all;
        }
        FixedBitSet known = all.get(leaf.id());
        if (known == null) {
            known = read(leaf.reader());
            all.put(leaf.id(), known);
        }
        return known;
    }

    private FixedBitSet read(LeafReader reader) throws IOException {
        FixedBitSet seen = new FixedBitSet(reader.maxDoc());
        for (BytesRef place : places) {
            PostingsEnum postings = reader.postings(new Term(FactDocument.PLACE, place), PostingsEnum.NONE);
            if (postings != null) {
                seen.or(postings);
            }
        }
        return seen;
    }

    @Override
    public TermStatistics termStatistics(Term term, int docFreq, long totalTermFreq) {
        try {
            int with = Math.max(1, with(term.bytes()));
            return new TermStatistics(term.bytes(), with, with);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CollectionStatistics collectionStatistics(String field) {
        long counted = Math.max(1, facts);
        return new CollectionStatistics(
                field, Math.max(1, getIndexReader().maxDoc()), counted, counted * MEAN_WORDS, counted);
    }
}
