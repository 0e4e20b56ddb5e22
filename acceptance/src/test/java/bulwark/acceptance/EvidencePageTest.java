package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each row of {@code docs/evidence.md} that says what somebody can do names tests that are there, or says that nothing closes it. */
class EvidencePageTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|$");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)(?:\\.(\\w+))?`");

    @Test
    void each_row_is_a_test_or_says_that_it_is_not_closed() {
        Map<String, Path> tests = tests();
        String page = SourceTree.text("docs/evidence.md");
        List<MatchResult> rows = ROW.matcher(page.substring(page.indexOf("| what somebody does |")))
                .results()
                .skip(1)
                .filter(row -> !row.group(1).startsWith("--"))
                .toList();

        assertThat(rows).hasSizeGreaterThan(20).allSatisfy(row -> {
            List<MatchResult> named = TEST.matcher(row.group(4)).results().toList();
            if (named.isEmpty()) {
                assertThat(row.group(4)).as(row.group(1)).contains("not closed");
            }
            assertThat(named).as(row.group(1)).allSatisfy(test -> {
                assertThat(tests).containsKey(test.group(1));
                if (test.group(2) != null) {
                    assertThat(SourceTree.text(tests.get(test.group(1)))).contains("void " + test.group(2) + "(");
                }
            });
        });
    }

    /** Every test class of the repository by its simple name. */
    private static Map<String, Path> tests() {
        Map<String, Path> tests = new TreeMap<>();
        for (String module : SourceTree.modules()) {
            for (Path file : SourceTree.testSources(module)) {
                String name = String.valueOf(file.getFileName());
                tests.put(name.substring(0, name.length() - ".java".length()), file);
            }
        }
        return tests;
    }
}
