package bulwark.facts.recall;

import java.util.Collection;
import java.util.Set;

/** What the words of one query tell: a rare word more than a common one, a function word (“what”, “the”) nearly nothing. */
final class WordWeights {
    private static final double FUNCTION_WORD = 0.1;

    /** In a store of a few facts every word is common: this many facts more are thought to be there. */
    private static final int PRIOR_FACTS = 10;

    private final Set<String> functionWords;
    private final int facts;

    WordWeights(Collection<QueryWord> words, int facts) {
        functionWords = FunctionWords.of(words.stream().map(QueryWord::text).toList());
        this.facts = facts;
    }

    /** @param with number of facts that contain the word */
    double weight(QueryWord word, int with) {
        double rarity = Math.log(1 + (facts + PRIOR_FACTS) / (double) (with + PRIOR_FACTS));
        return functionWords.contains(word.text()) ? FUNCTION_WORD * rarity : rarity;
    }
}
