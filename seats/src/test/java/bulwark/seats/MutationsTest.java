package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code ./bulwark test seats --prove} takes away is there to be taken: a control that was rewritten brings its mutation along. */
class MutationsTest {
    private static final Path FOLDER = Path.of("src/test/mutations");

    static Stream<Path> mutations() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("mutations")
    void each_control_stands_once_in_its_file_and_names_tests_that_exist(Path mutation) throws IOException {
        List<String> lines = Files.readAllLines(mutation);
        assertThat(lines.getFirst()).startsWith("# ").endsWith(".");
        String source =
                Files.readString(Path.of("..").resolve(values(lines, "file").getFirst()));
        String pattern = values(lines, "remove").stream().map(Pattern::quote).collect(Collectors.joining("\\s+"));
        assertThat(Pattern.compile(pattern).matcher(source).results()).hasSize(1);
        for (String test : values(lines, "tests").getFirst().split(",")) {
            assertThat(test(test)).as(test).isTrue();
        }
    }

    private static boolean test(String name) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            return files.anyMatch(file -> file.endsWith(name + ".java"));
        }
    }

    private static List<String> values(List<String> lines, String name) {
        String prefix = name + ": ";
        List<String> values = lines.stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .toList();
        assertThat(values.isEmpty() && !name.equals("put")).as(name).isFalse();
        return values;
    }
}
