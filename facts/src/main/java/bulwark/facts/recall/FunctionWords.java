package bulwark.facts.recall;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.WordlistLoader;
import org.apache.lucene.analysis.snowball.SnowballFilter;

/** Words that bind a sentence and name nothing, by language. */
final class FunctionWords {
    private static final Set<String> ENGLISH = load("english");
    private static final List<Set<String>> OTHERS = Stream.of(
                    "german", "french", "spanish", "italian", "portuguese", "dutch")
            .map(FunctionWords::load)
            .toList();

    private FunctionWords() {}

    /** Of the language that most of these words belong to. One word of another language is no evidence: “war” is English too. */
    static Set<String> of(Collection<String> words) {
        Set<String> best = ENGLISH;
        long most = Math.max(1, count(ENGLISH, words));
        for (Set<String> language : OTHERS) {
            long count = count(language, words);
            if (count > most) {
                best = language;
                most = count;
            }
        }
        return best;
    }

    private static long count(Set<String> language, Collection<String> words) {
        return words.stream().filter(language::contains).count();
    }

    private static Set<String> load(String language) {
        try (InputStream list = SnowballFilter.class.getResourceAsStream(language + "_stop.txt")) {
            if (list == null) {
                throw new IllegalStateException("the list of function words is missing: " + language);
            }
            Set<String> words = new HashSet<>();
            CharArraySet all = WordlistLoader.getSnowballWordSet(list, StandardCharsets.UTF_8);
            all.forEach(word -> words.add(folded(new String((char[]) word))));
            return Set.copyOf(words);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the function words of " + language, e);
        }
    }

    private static String folded(String word) {
        return Normalizer.normalize(word, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
    }
}
