package bulwark.acceptance.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each row of the acceptance cases of the gateway's specification, sections 8.1 to 8.6, is a test that bears the row's id in its display name: {@code @DisplayName("Q1: …")}, or an argument of a
 * parameterized test whose name begins with it. The specification is read in place.
 */
class SpecificationRowsTest {
    private static final String SPECIFICATION = "spec/gateway-stoa.md";
    private static final List<String> SECTIONS = List.of("8.1", "8.2", "8.3", "8.4", "8.5", "8.6");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([A-Z]\\d+) \\|");
    private static final Pattern DISPLAY_NAME = Pattern.compile("@DisplayName\\(\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern ID = Pattern.compile("\\b[A-Z]\\d{1,2}\\b");
    private static final Pattern ARGUMENT = Pattern.compile("\\barguments\\(\\s*\"([A-Z]\\d{1,2})\"");

    /** Rows without a test, each with the reason. */
    private static final Map<String, String> LATER = Map.of(
            "H2", "the endpoint of MCP is not served yet",
            "H11", "guardrails are not carried out yet, and so have no series");

    private static Map<String, List<String>> rows() throws IOException {
        String text = Files.readString(SharedMaterial.require(SPECIFICATION));
        Map<String, List<String>> rows = new TreeMap<>();
        for (String section : SECTIONS) {
            int start = text.indexOf("\n### " + section + " ");
            assertThat(start).as("section " + section).isPositive();
            int end = text.indexOf("\n### ", start + 1);
            List<String> ids = new ArrayList<>();
            Matcher row = ROW.matcher(text.substring(start, end));
            while (row.find()) {
                ids.add(row.group(1));
            }
            assertThat(ids).as("rows of section " + section).hasSizeGreaterThan(10);
            rows.put(section, ids);
        }
        return rows;
    }

    /** Ids that a test bears. */
    private static Set<String> named() throws IOException {
        Set<String> named = new TreeSet<>();
        for (String module : List.of("kernel", "gateway", "acceptance")) {
            try (Stream<Path> files =
                    Files.walk(SharedMaterial.repository().resolve(module).resolve("src/test/java"))) {
                for (Path file : files.filter(each -> each.toString().endsWith("Test.java"))
                        .toList()) {
                    addNamed(Files.readString(file), named);
                }
            }
        }
        return named;
    }

    private static void addNamed(String source, Set<String> named) {
        Matcher name = DISPLAY_NAME.matcher(source);
        while (name.find()) {
            ID.matcher(name.group(1)).results().forEach(id -> named.add(id.group()));
        }
        if (source.contains("@ParameterizedTest(name = \"{0}: ")) {
            ARGUMENT.matcher(source).results().forEach(id -> named.add(id.group(1)));
        }
    }

    @TestFactory
    Stream<DynamicTest> each_row_has_a_test() throws IOException {
        Set<String> named = named();
        List<DynamicTest> all = new ArrayList<>();
        rows().forEach((section, ids) -> ids.forEach(id -> all.add(DynamicTest.dynamicTest(section + " " + id, () -> {
            assertThat(named.contains(id))
                    .as("%s: a test with the id in its display name", id)
                    .isEqualTo(!LATER.containsKey(id));
        }))));
        return all.stream();
    }

    @Test
    void a_row_without_a_test_is_found() {
        Set<String> named = new TreeSet<>();
        addNamed("""
                @DisplayName("Q1, Q2: x")
                @Test
                void t3_a_name_of_a_method_alone() {}
                String other = "Q4: a text";
                """, named);
        assertThat(named).containsExactly("Q1", "Q2");
    }
}
