package bulwark.facts.recall;

import java.util.List;
import org.tartarus.snowball.SnowballStemmer;
import org.tartarus.snowball.ext.DutchStemmer;
import org.tartarus.snowball.ext.EnglishStemmer;
import org.tartarus.snowball.ext.FrenchStemmer;
import org.tartarus.snowball.ext.GermanStemmer;
import org.tartarus.snowball.ext.ItalianStemmer;
import org.tartarus.snowball.ext.PortugueseStemmer;
import org.tartarus.snowball.ext.SpanishStemmer;

/** The stems of a word in each of seven languages, as nobody tells the language of a fact or a query. For one thread. */
final class WordStemmer {
    private final List<SnowballStemmer> languages = List.of(
            new EnglishStemmer(),
            new GermanStemmer(),
            new FrenchStemmer(),
            new SpanishStemmer(),
            new ItalianStemmer(),
            new PortugueseStemmer(),
            new DutchStemmer());

    /** One for each language, in the same order for every word. */
    List<String> of(String word) {
        return languages.stream().map(language -> stem(language, word)).toList();
    }

    /** Whether the other word has one of these stems in its language. */
    boolean agree(List<String> own, String other) {
        for (int i = 0; i < languages.size(); i++) {
            if (stem(languages.get(i), other).equals(own.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** Number of letters with which the word and all its stems begin. */
    static int sharedPrefix(String word, List<String> stems) {
        int shared = word.length();
        for (String stem : stems) {
            int same = 0;
            while (same < Math.min(shared, stem.length()) && stem.charAt(same) == word.charAt(same)) {
                same++;
            }
            shared = same;
        }
        return shared;
    }

    private static String stem(SnowballStemmer language, String word) {
        language.setCurrent(word);
        language.stem();
        return language.getCurrent();
    }
}
