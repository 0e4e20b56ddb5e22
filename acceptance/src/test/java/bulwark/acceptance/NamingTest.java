package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The section Names of CONVENTIONS.md, held by a test. */
class NamingTest {
    private static final Path ROOT = SharedMaterial.repository();

    /** Names of the field that end in -ing. */
    private static final Set<String> NOUNS = Set.of("Signing", "Routing", "Setting");

    private static final Pattern BARE_PARTICIPLE = Pattern.compile("[A-Z][a-z]+ing");
    private static final Set<String> DENIED = Set.of(
            "Ask",
            "Changes",
            "Deliveries",
            "Edges",
            "Endings",
            "Entries",
            "Failures",
            "Held",
            "Holder",
            "Holdings",
            "Letter",
            "Letters",
            "Line",
            "Lines",
            "Meters",
            "Once",
            "Outcomes",
            "Pace",
            "Parts",
            "Patience",
            "Place",
            "Pulse",
            "Ran",
            "Reports",
            "Risks",
            "Row",
            "Runs",
            "Seeds",
            "Shown",
            "Statuses",
            "Taker",
            "Taken",
            "Totals",
            "Values",
            "Wire");

    private static final Pattern CONSTANT =
            Pattern.compile("\\bstatic\\s+final\\s+[\\w.<>\\[\\], ]+?\\s+([A-Z][A-Z0-9_]*)\\s*[=;]");
    private static final Pattern HOMELY_QUANTITY = Pattern.compile(
            "(?:.*_)?(MOST|LONGEST|LARGEST|LEAST|SHORTEST|SMALLEST|FEWEST|PATIENCE|NAP|LATELY|SILENCE|USUAL|GIVE_UP)(?:_.*)?");
    private static final Pattern SENTENCE =
            Pattern.compile("(?s)/\\*\\*\\s*\\S+(?:\\s+\\S+){2,}.*?\\*/.*\\bpackage\\b.*");

    @Test
    void no_two_top_level_types_have_one_simple_name() {
        Map<String, List<Path>> byName = sources("main").stream()
                .filter(file -> !name(file).equals("package-info"))
                .collect(Collectors.groupingBy(NamingTest::name, TreeMap::new, Collectors.toList()));
        assertThat(byName)
                .allSatisfy((name, files) -> assertThat(files).as(name).hasSize(1));
    }

    @Test
    void no_type_has_a_private_word_or_a_bare_participle_as_its_name() {
        assertThat(sources("main").stream().map(NamingTest::name))
                .noneMatch(DENIED::contains)
                .noneMatch(name -> BARE_PARTICIPLE.matcher(name).matches() && !NOUNS.contains(name));
    }

    @Test
    void quantities_are_called_max_min_or_timeout() {
        assertThat(Stream.of("main", "test").flatMap(kind -> sources(kind).stream()))
                .allSatisfy(file -> assertThat(constants(file))
                        .as(file.toString())
                        .noneMatch(constant -> HOMELY_QUANTITY.matcher(constant).matches()));
    }

    @Test
    void every_package_has_a_sentence() {
        assertThat(sources("main").stream().map(Path::getParent).distinct())
                .allSatisfy(folder -> assertThat(folder.resolve("package-info.java"))
                        .content()
                        .matches(SENTENCE));
    }

    private static List<String> constants(Path file) {
        return CONSTANT.matcher(text(file))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static String name(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param kind main or test */
    private static List<Path> sources(String kind) {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return modules.map(module -> module.resolve("src/" + kind + "/java"))
                    .filter(Files::isDirectory)
                    .flatMap(NamingTest::javaFiles)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
