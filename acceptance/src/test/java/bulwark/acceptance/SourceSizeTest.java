package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the section Code of CONVENTIONS.md says of the size of a file. */
class SourceSizeTest {
    private static final int MAX_LINES = 400;

    @Test
    void no_file_of_the_program_is_two_ideas() {
        List<Path> files = SourceTree.modules().stream()
                .flatMap(module -> SourceTree.mainSources(module).stream())
                .toList();
        assertThat(files).hasSizeGreaterThan(500);
        assertThat(files)
                .allSatisfy(file -> assertThat(SourceTree.text(file).lines().count())
                        .as(file.toString())
                        .isLessThanOrEqualTo(MAX_LINES));
    }
}
