package bulwark.facts.recall;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.lucene.index.TermStates;
import org.jspecify.annotations.Nullable;

/**
 * Facts that contain the words of a query. A word that no visible fact contains, and every word when few facts are found,
 * is also sought in its inflections; a word that is then still missing, in spellings that differ by one letter.
 *
 * <p>Decided by what the caller may see alone: whether a hidden fact has a word must not show. For one thread.
 */
final class LexicalSearch {
    /**
     * Weight of the best found word against the weightiest word of the query; under it nothing is known. Half a question
     * may be unknown, but facts that share only “what is the” with it are no answer.
     */
    static final double MIN_KNOWN_SCORE = 0.2;

    private static final int FEW_HITS = 10;
    private static final int MAX_VARIED_WORDS = 8;

    private final IndexSearch index;
    private @Nullable SimilarWordFinder similar;
    private int varied;

    LexicalSearch(IndexSearch index) {
        this.index = index;
    }

    /** Best first; empty when nothing is known. */
    List<IndexHit> find(Collection<QueryWord> words, int limit) throws IOException {
        List<WordMatch> exact = exact(words);
        List<IndexHit> hits = index.lexical(exact, limit);
        boolean few = hits.size() < Math.min(limit, FEW_HITS);
        List<WordMatch> found = new ArrayList<>();
        boolean changed = false;
        for (WordMatch match : exact) {
            boolean seen = exact.size() == 1 || hits.isEmpty() ? !hits.isEmpty() : index.exists(match);
            WordMatch best = seen && !few ? match : vary(match, seen);
            changed |= !best.variants().isEmpty();
            found.add(best);
        }
        if (WordMatch.knownScore(found) < MIN_KNOWN_SCORE) {
            return List.of();
        }
        return changed ? index.lexical(found, limit) : hits;
    }

    private List<WordMatch> exact(Collection<QueryWord> words) throws IOException {
        WordWeights weights = new WordWeights(words, index.facts());
        List<WordMatch> matches = new ArrayList<>();
        for (QueryWord word : words) {
            TermStates states = index.states(word.text());
            matches.add(WordMatch.exact(word, states, weights.weight(word, index.with(word.text()))));
        }
        return matches;
    }

    private WordMatch vary(WordMatch match, boolean seen) throws IOException {
        if (!match.word().hasVariants() || varied == MAX_VARIED_WORDS) {
            return seen ? match : match.missing();
        }
        varied++;
        String word = match.word().text();
        WordMatch inflected = match.inflected(similar().inflections(word), seen);
        if (seen || index.exists(inflected)) {
            return inflected;
        }
        WordMatch misspelt = match.misspelt(similar().misspellings(word));
        return index.exists(misspelt) ? misspelt : match.missing();
    }

    private SimilarWordFinder similar() throws IOException {
        if (similar == null) {
            similar = index.similarWords();
        }
        return similar;
    }
}
