package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The places to know of {@code docs/architecture.md} are where the page says, and do there what it says. */
class ArchitecturePageTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (.+?) \\| (.+) \\|$");
    private static final Pattern FILE = Pattern.compile("`([^`]+\\.java)`");

    /** What stands in each file of a row. */
    private static final Map<String, String> DONE_BY = Map.of(
            "a task's lease is renewed", "broker\\.renew\\(",
            "a Redis connection is borrowed", " borrow\\w*\\(",
            "a fact's chain entry is written", "INSERT INTO fact_chain\\b",
            "a caller identifies itself (API key, certificate, socket, or what a part adds)",
                    "interface Authenticator\\b",
            "a refusal becomes evidence", "\\brefusal\\(|void recordRefusal\\(",
            "a setting is declared", "SettingsTable");

    @Test
    void each_place_to_know_does_what_the_page_says() {
        Map<String, List<String>> places = places();

        assertThat(places.keySet()).containsExactlyInAnyOrderElementsOf(DONE_BY.keySet());
        places.forEach((what, files) -> assertThat(files)
                .as(what)
                .isNotEmpty()
                .allSatisfy(
                        file -> assertThat(SourceTree.text(file)).containsPattern(Pattern.compile(DONE_BY.get(what)))));
    }

    private static Map<String, List<String>> places() {
        String page = SourceTree.text("docs/architecture.md");
        String table = page.substring(page.indexOf("## Places to know"));
        Map<String, List<String>> places = new LinkedHashMap<>();
        ROW.matcher(table)
                .results()
                .filter(row -> row.group(2).contains(".java"))
                .forEach(row -> places.put(
                        row.group(1),
                        FILE.matcher(row.group(2))
                                .results()
                                .map(file -> file.group(1))
                                .toList()));
        return places;
    }
}
