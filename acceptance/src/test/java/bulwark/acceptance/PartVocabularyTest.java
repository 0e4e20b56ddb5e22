package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What kernel, web and doctor say in code and sentences, they say for every part: no word of a part stands in a literal or a name. */
class PartVocabularyTest {
    private static final Pattern PREFIX = Pattern.compile("new SettingsTable\\(\"([A-Z_]+)_\"");
    private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|(?m)^\\s*//.*$|;\\s*//.*$");
    private static final Pattern LETTERS = Pattern.compile("[A-Z]?[a-z]+|[A-Z]+(?![a-z])");

    @Test
    void every_folder_with_a_pom_is_a_module_of_the_build() {
        Set<String> declared = Pattern.compile("<module>(.*)</module>")
                .matcher(SourceTree.text("pom.xml"))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(SourceTree.modules()).containsExactlyElementsOf(declared);
    }

    @Test
    void each_part_names_a_prefix_of_its_settings() {
        assertThat(SourceTree.parts())
                .isNotEmpty()
                .allSatisfy(part -> assertThat(prefixes(part))
                        .as("the SettingsTable of %s", part)
                        .isNotEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "web", "doctor"})
    void no_literal_or_name_bears_a_word_of_a_part(String module) {
        Set<String> words = words();

        assertThat(SourceTree.mainSources(module))
                .isNotEmpty()
                .allSatisfy(file -> assertThat(wordsIn(file))
                        .as("%s bears the vocabulary of a part: let its caller hand it in", file)
                        .doesNotContainAnyElementsOf(words));
    }

    /** Names of the parts, also of one thing of theirs, and the prefixes of their settings. */
    private static Set<String> words() {
        Set<String> words = new HashSet<>();
        for (String part : SourceTree.parts()) {
            words.add(part);
            words.add(part.replaceFirst("s$", ""));
            prefixes(part).forEach(prefix -> words.add(prefix.toLowerCase(Locale.ROOT)));
        }
        return words;
    }

    private static List<String> prefixes(String part) {
        return SourceTree.mainSources(part).stream()
                .flatMap(file -> PREFIX.matcher(SourceTree.text(file)).results())
                .map(match -> match.group(1))
                .toList();
    }

    private static Set<String> wordsIn(Path file) {
        String code = COMMENT.matcher(SourceTree.text(file)).replaceAll("");
        return LETTERS.matcher(code)
                .results()
                .map(match -> match.group().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }
}
