package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.SharedMaterial;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The classes and tests that the documents name exist. Links and paths are tested by {@link DocumentsTest}, commands by {@link QuickstartTest}, {@link UpTest} and the tutorial. */
class ReadmeTest {
    private static final Path ROOT = SharedMaterial.repository();
    private static final Pattern CLASS = Pattern.compile("`(?:[a-z]+/…/)?(?:[a-z]+/)*([A-Z][A-Za-z]+)(?:\\.java)?`");

    private static final Pattern INNER_LOOP = Pattern.compile("(?m)^\\./bulwark test (\\w+) '?([A-Za-z*]+)'?");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "SECURITY.md"})
    void every_class_that_is_named_exists(String document) throws Exception {
        List<String> names;
        try (Stream<Path> files = Files.walk(ROOT)) {
            names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .toList();
        }
        for (String name : found(CLASS, document)) {
            assertThat(names).as(document).contains(name + ".java");
        }
    }

    @Test
    void the_command_of_the_readme_is_the_one_that_ci_runs() throws Exception {
        assertThat(Files.readString(ROOT.resolve("README.md"))).contains("./bulwark test");
        assertThat(Files.readString(ROOT.resolve(".ci/run"))).contains("exec ./bulwark test");
    }

    /** The inner loop of CONTRIBUTING.md names modules and patterns of test classes. */
    @Test
    void the_tests_that_the_inner_loop_runs_exist() {
        List<MatchResult> commands =
                INNER_LOOP.matcher(SourceTree.text("CONTRIBUTING.md")).results().toList();
        assertThat(commands).hasSizeGreaterThan(1).allSatisfy(command -> {
            PathMatcher pattern = FileSystems.getDefault().getPathMatcher("glob:" + command.group(2) + ".java");
            assertThat(SourceTree.testSources(command.group(1)))
                    .as(command.group())
                    .anyMatch(file -> pattern.matches(file.getFileName()));
        });
    }

    private static List<String> found(Pattern pattern, String document) throws Exception {
        return pattern.matcher(Files.readString(ROOT.resolve(document)))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
