package bulwark.facts.recall;

import bulwark.facts.fact.RenderedFact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TermStates;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.ConjunctionUtils;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopFieldCollectorManager;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;
import org.jspecify.annotations.Nullable;

/** The questions that a recall asks of one state of the index. For one thread. */
final class IndexSearch {
    private static final Sort NEWEST = new Sort(new SortField(FactDocument.ROW, SortField.Type.LONG, true));

    private final VisibleStatistics searcher;
    private final Query filter;
    private @Nullable Weight visible;

    IndexSearch(IndexSearcher whole, Visible visible) throws IOException {
        searcher = new VisibleStatistics(whole, visible.places());
        filter = visible.query();
    }

    /**
     * What the caller may see and wants to see.
     *
     * @param gardens gardens readable beside the facts without a garden
     * @param now microseconds since the epoch
     */
    record Visible(String tenant, String scope, Set<String> gardens, double minConfidence, long now) {
        /** Of a fact that was read: what the index said of its place, confidence and end is not believed. */
        boolean covers(RenderedFact fact) {
            return fact.tenant().equals(tenant)
                    && fact.scope().equals(scope)
                    && (fact.gardenId() == null || gardens.contains(fact.gardenId()))
                    && fact.confidence() >= minConfidence
                    && fact.expires() > now;
        }

        private Collection<BytesRef> places() {
            Collection<BytesRef> places = new ArrayList<>();
            places.add(new BytesRef(FactDocument.place(tenant, scope, null)));
            gardens.forEach(garden -> places.add(new BytesRef(FactDocument.place(tenant, scope, garden))));
            return places;
        }

        private Query query() {
            Collection<BytesRef> places = places();
            Query place = places.size() == 1
                    ? new TermQuery(
                            new Term(FactDocument.PLACE, places.iterator().next()))
                    : new TermInSetQuery(FactDocument.PLACE, places);
            BooleanQuery.Builder all = new BooleanQuery.Builder().add(place, Occur.FILTER);
            all.add(
                    NumericDocValuesField.newSlowRangeQuery(FactDocument.EXPIRES, now + 1, Long.MAX_VALUE),
                    Occur.FILTER);
            if (minConfidence > 0) {
                long least = NumericUtils.doubleToSortableLong(minConfidence);
                all.add(
                        NumericDocValuesField.newSlowRangeQuery(FactDocument.CONFIDENCE, least, Long.MAX_VALUE),
                        Occur.FILTER);
            }
            return all.build();
        }
    }

    /** Where the index has the word, for anybody; looked up once for all that is asked about it. */
    TermStates states(String word) throws IOException {
        return TermStates.build(searcher, new Term(FactDocument.TEXT, word), true);
    }

    /** Number of visible facts. */
    int facts() {
        return searcher.facts();
    }

    /** Number of visible facts that contain the word. */
    int with(String word) throws IOException {
        return searcher.with(new BytesRef(word));
    }

    SimilarWordFinder similarWords() throws IOException {
        return new SimilarWordFinder(searcher);
    }

    /** Whether a visible fact contains the word. Ends with the first; a search would cost ten times as much. */
    boolean exists(WordMatch word) throws IOException {
        if (word.isNowhere()) {
            return false;
        }
        Weight wanted = weight(word.query());
        for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
            if (exists(wanted, leaf)) {
                return true;
            }
        }
        return false;
    }

    private boolean exists(Weight wanted, LeafReaderContext leaf) throws IOException {
        Scorer word = wanted.scorer(leaf);
        Scorer seen = word == null ? null : visible().scorer(leaf);
        if (word == null || seen == null) {
            return false;
        }
        Bits live = leaf.reader().getLiveDocs();
        DocIdSetIterator both = ConjunctionUtils.intersectScorers(List.of(word, seen));
        int fact = both.nextDoc();
        while (fact != DocIdSetIterator.NO_MORE_DOCS && live != null && !live.get(fact)) {
            fact = both.nextDoc();
        }
        return fact != DocIdSetIterator.NO_MORE_DOCS;
    }

    private Weight visible() throws IOException {
        if (visible == null) {
            visible = weight(filter);
        }
        return visible;
    }

    private Weight weight(Query query) throws IOException {
        return searcher.createWeight(searcher.rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1);
    }

    /** Facts that contain any of the words, best first; of equals at the limit the oldest. */
    List<IndexHit> lexical(List<WordMatch> words, int limit) throws IOException {
        if (words.isEmpty()) {
            return List.of();
        }
        BooleanQuery.Builder any = new BooleanQuery.Builder().setMinimumNumberShouldMatch(1);
        words.forEach(word -> any.add(word.query(), Occur.SHOULD));
        any.add(filter, Occur.FILTER);
        return hits(searcher.search(any.build(), new TopScoreDocCollectorManager(limit, null, limit)));
    }

    /** Facts about these entities, newest first. */
    List<IndexHit> about(Collection<Long> entities, int limit) throws IOException {
        List<BytesRef> terms = entities.stream().map(FactDocument::term).toList();
        BooleanQuery.Builder both = new BooleanQuery.Builder();
        both.add(new TermInSetQuery(FactDocument.ENTITY, terms), Occur.FILTER);
        both.add(filter, Occur.FILTER);
        Query about = new ConstantScoreQuery(both.build());
        return hits(searcher.search(about, new TopFieldCollectorManager(NEWEST, limit, null, limit)));
    }

    private List<IndexHit> hits(TopDocs found) throws IOException {
        ScoreDoc[] top = found.scoreDocs;
        IndexHit[] hits = new IndexHit[top.length];
        Integer[] byDocument = new Integer[top.length];
        Arrays.setAll(byDocument, i -> i);
        Arrays.sort(byDocument, Comparator.comparingInt(i -> top[i].doc));
        List<LeafReaderContext> leaves = searcher.getIndexReader().leaves();
        Values values = null;
        for (int place : byDocument) {
            int document = top[place].doc;
            if (values == null || !values.holds(document)) {
                values = Values.of(leaves.get(ReaderUtil.subIndex(document, leaves)));
            }
            hits[place] = values.hit(document, Float.isNaN(top[place].score) ? 0 : top[place].score);
        }
        return List.of(hits);
    }

    /** The stored values of one segment, read in ascending order of documents. */
    private record Values(
            int base,
            int end,
            NumericDocValues row,
            BinaryDocValues id,
            NumericDocValues entity,
            NumericDocValues confidence,
            NumericDocValues time,
            NumericDocValues tokens) {

        static Values of(LeafReaderContext leaf) throws IOException {
            LeafReader reader = leaf.reader();
            return new Values(
                    leaf.docBase,
                    leaf.docBase + reader.maxDoc(),
                    IndexValues.number(reader, FactDocument.ROW),
                    IndexValues.bytes(reader, FactDocument.ID),
                    IndexValues.number(reader, FactDocument.ENTITY_NUMBER),
                    IndexValues.number(reader, FactDocument.CONFIDENCE),
                    IndexValues.number(reader, FactDocument.TIME),
                    IndexValues.number(reader, FactDocument.TOKENS));
        }

        boolean holds(int document) {
            return document >= base && document < end;
        }

        IndexHit hit(int document, float relevance) throws IOException {
            int local = document - base;
            return new IndexHit(
                    document,
                    relevance,
                    IndexValues.at(row, local),
                    IndexValues.textAt(id, local),
                    IndexValues.at(entity, local),
                    NumericUtils.sortableLongToDouble(IndexValues.at(confidence, local)),
                    IndexValues.at(time, local),
                    (int) IndexValues.at(tokens, local));
        }
    }
}
