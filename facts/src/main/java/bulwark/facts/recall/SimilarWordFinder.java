package bulwark.facts.recall;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.automaton.Automata;
import org.apache.lucene.util.automaton.Automaton;
import org.apache.lucene.util.automaton.CompiledAutomaton;
import org.apache.lucene.util.automaton.LevenshteinAutomata;
import org.apache.lucene.util.automaton.Operations;
import org.jspecify.annotations.Nullable;

/** Words of visible facts that a word of a query may mean, the commonest first. For one thread. */
final class SimilarWordFinder {
    private static final int MAX_VARIANTS = 16;
    private static final int MAX_CANDIDATES = 1000;
    /** Hidden words count towards this limit alone, which nobody meets who does not write so many of his own. */
    private static final int MAX_EXAMINED = 20_000;

    private static final int MIN_INFLECTED_LENGTH = 3;
    private static final int MAX_ENDING_LENGTH = 5;
    private static final int MIN_MISSPELT_LENGTH = 4;

    private final VisibleStatistics visible;
    private final @Nullable Terms terms;
    private final WordStemmer stems = new WordStemmer();

    SimilarWordFinder(VisibleStatistics visible) throws IOException {
        this.visible = visible;
        terms = MultiTerms.getTerms(visible.getIndexReader(), FactDocument.TEXT);
    }

    /** Those that have the same stem in some language; they share their first letters. */
    List<String> inflections(String word) throws IOException {
        if (word.length() < MIN_INFLECTED_LENGTH) {
            return List.of();
        }
        List<String> own = stems.of(word);
        int shared = Math.max(MIN_INFLECTED_LENGTH, WordStemmer.sharedPrefix(word, own) - 1);
        int rest = word.length() - shared + MAX_ENDING_LENGTH;
        Automaton endings = Operations.repeat(Automata.makeCharRange('a', 'z'), 0, rest);
        Automaton candidates = Operations.concatenate(List.of(Automata.makeString(word.substring(0, shared)), endings));
        return select(candidates, other -> !other.equals(word) && stems.agree(own, other));
    }

    /** Those that differ by one letter, or by two that changed places, behind the first letter. */
    List<String> misspellings(String word) throws IOException {
        if (word.length() < MIN_MISSPELT_LENGTH) {
            return List.of();
        }
        LevenshteinAutomata distance = new LevenshteinAutomata(word.substring(1), true);
        return select(
                distance.toAutomaton(1, word.substring(0, 1)),
                other -> !other.equals(word) && other.length() >= MIN_MISSPELT_LENGTH && QueryWord.isLatin(other));
    }

    private record Variant(String word, int facts) {}

    private List<String> select(Automaton candidates, Predicate<String> meant) throws IOException {
        if (terms == null) {
            return List.of();
        }
        Automaton deterministic = Operations.determinize(candidates, Operations.DEFAULT_DETERMINIZE_WORK_LIMIT);
        TermsEnum all = new CompiledAutomaton(deterministic, false, true).getTermsEnum(terms);
        List<Variant> variants = new ArrayList<>();
        int examined = 0;
        int seen = 0;
        for (BytesRef term = all.next();
                term != null && seen < MAX_CANDIDATES && examined < MAX_EXAMINED;
                term = all.next()) {
            examined++;
            int facts = visible.with(term);
            seen += facts > 0 ? 1 : 0;
            String word = term.utf8ToString();
            if (facts > 0 && meant.test(word)) {
                variants.add(new Variant(word, facts));
            }
        }
        return variants.stream()
                .sorted(Comparator.comparingInt(Variant::facts).reversed().thenComparing(Variant::word))
                .limit(MAX_VARIANTS)
                .map(Variant::word)
                .toList();
    }
}
