package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What documents say of the tree and of the program's own words is so. */
class DocumentsTest {
    private static final Path ROOT = SharedMaterial.repository();
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)\\)");
    private static final Pattern SOURCE = Pattern.compile(
            "`((?:kernel|web|facts|tasks|app|testkit|acceptance|bench|docs|scripts|deploy)/[^`… *]+\\.[a-z]+)`");
    private static final Pattern FIRST_CELL = Pattern.compile("(?m)^\\| ([^|]+) \\|");
    private static final Pattern JAVA_NAME = Pattern.compile("(?m)\\| `(bulwark\\.[\\w.]+)` \\|$");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final Pattern JOINED = Pattern.compile("\"\\s*\\+\\s*\"");
    private static final int TELLING = 8;

    static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> top = Files.list(ROOT)) {
            return Stream.of(top, docs, Stream.of(ROOT.resolve("bench/README.md")))
                    .flatMap(files -> files)
                    .filter(file -> file.toString().endsWith(".md"))
                    .map(ROOT::relativize)
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void every_link_and_every_path_of_a_document_leads_somewhere(Path document) throws Exception {
        for (String target : found(LINK, document)) {
            assertThat(ROOT.resolve(document).resolveSibling(target))
                    .as("%s", document)
                    .exists();
        }
        for (String path : found(SOURCE, document)) {
            assertThat(ROOT.resolve(path)).as("%s", document).exists();
        }
    }

    /** The first column of the tables, in backticks; the program may put anything for {@code …}. */
    @Test
    void the_sentences_of_the_troubleshooting_page_are_the_programs_own() throws Exception {
        String program = sources();
        List<String> symptoms = found(FIRST_CELL, Path.of("docs/troubleshooting.md"));
        assertThat(symptoms).hasSizeGreaterThan(50);
        List<String> strange = symptoms.stream()
                .flatMap(cell -> QUOTED.matcher(cell).results().map(match -> match.group(1)))
                .filter(quoted -> !quoted.startsWith("curl: ") && !quoted.startsWith("-"))
                .flatMap(quoted -> Stream.of(quoted.split("…")).map(String::strip))
                .filter(part -> part.length() >= TELLING && !program.contains(part))
                .toList();
        assertThat(strange).as("no source says this").isEmpty();
    }

    /** The second column: what a program in Java is changed to. */
    @Test
    void the_java_names_that_the_upgrade_page_leads_to_exist() {
        List<String> names = found(JAVA_NAME, Path.of("docs/upgrading.md"));
        assertThat(names).isNotEmpty();
        for (String name : names) {
            String module = name.split("\\.")[1];
            String path = module + "/src/main/java/" + name.replace('.', '/');
            assertThat(Files.exists(ROOT.resolve(path + ".java")) || Files.isDirectory(ROOT.resolve(path)))
                    .as(name)
                    .isTrue();
        }
    }

    private static String sources() throws IOException {
        try (Stream<Path> files = Stream.of("kernel", "web", "facts", "tasks", "gateway", "app")
                .map(module -> ROOT.resolve(module).resolve("src/main/java"))
                .flatMap(DocumentsTest::walk)) {
            String java = files.filter(file -> file.toString().endsWith(".java"))
                    .map(DocumentsTest::read)
                    .collect(Collectors.joining("\n"));
            return JOINED.matcher(java).replaceAll("") + read(ROOT.resolve("bulwark")) + read(ROOT.resolve("pom.xml"));
        }
    }

    private static Stream<Path> walk(Path folder) {
        try {
            return Files.walk(folder);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> found(Pattern pattern, Path document) {
        return pattern.matcher(read(ROOT.resolve(document)))
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
