package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each line of the hardening page is a test of that name: it fails for a line without a proof, and for a proof that does not exist. */
class HardeningPageTest {
    private static final String LIMITATION = "limitation: ";
    private static final String WORDS = "words";

    /** Lines of the page that stand together, and what proves them. */
    private record Entry(int lines, String beginning, List<String> proofs) {
        static Entry parse(String line) {
            String[] columns = line.split(" \\| ", 3);
            return new Entry(
                    Integer.parseInt(columns[0].strip()),
                    columns[1].strip(),
                    Arrays.stream(columns[2].split(", ")).map(String::strip).toList());
        }
    }

    private static List<Entry> entries() throws IOException {
        try (var in = Objects.requireNonNull(HardeningPageTest.class.getResourceAsStream("hardening-page.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(Entry::parse)
                    .toList();
        }
    }

    private static List<String> page() throws IOException {
        return Files.readAllLines(SharedMaterial.require("seeds/gateway-stoa-security-hardening.txt")).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> each_line() throws IOException {
        List<String> page = page();
        List<Entry> entries = entries();
        Map<String, String> tests = tests();
        String limitations = Files.readString(SharedMaterial.repository().resolve("LIMITATIONS.md"))
                .replaceAll("\\s+", " ");
        List<DynamicTest> all = new ArrayList<>();
        int at = 0;
        for (Entry entry : entries) {
            for (int i = 0; i < entry.lines(); i++, at++) {
                String line = at < page.size() ? page.get(at) : "(the page ends before)";
                boolean first = i == 0;
                all.add(DynamicTest.dynamicTest(line, () -> {
                    if (first) {
                        assertThat(line)
                                .as("the page has changed here: give its lines their proofs in hardening-page.txt")
                                .startsWith(entry.beginning());
                    }
                    assertThat(entry.proofs())
                            .isNotEmpty()
                            .allSatisfy(proof -> assertThat(problem(proof, tests, limitations))
                                    .as(proof)
                                    .isEmpty());
                }));
            }
        }
        for (; at < page.size(); at++) {
            String line = page.get(at);
            all.add(DynamicTest.dynamicTest(line, () -> {
                throw new AssertionError("no proof is named for this line in hardening-page.txt: " + line);
            }));
        }
        return all.stream();
    }

    @Test
    void a_proof_that_does_not_exist_is_found() throws IOException {
        Map<String, String> tests = tests();
        assertThat(problem("HardeningPageTest.a_proof_that_does_not_exist_is_found", tests, ""))
                .isEmpty();
        assertThat(problem("HardeningPageTest.no_such_method", tests, "")).contains("no method");
        assertThat(problem("NoSuchTest", tests, "")).contains("no test class");
        assertThat(problem(LIMITATION + "flies", tests, "It does not fly.")).contains("LIMITATIONS.md");
    }

    private static String problem(String proof, Map<String, String> tests, String limitations) {
        if (proof.equals(WORDS)) {
            return "";
        }
        if (proof.startsWith(LIMITATION)) {
            return limitations.contains(proof.substring(LIMITATION.length()))
                    ? ""
                    : "LIMITATIONS.md does not say: " + proof.substring(LIMITATION.length());
        }
        String[] parts = proof.split("\\.", 2);
        String text = tests.get(parts[0]);
        if (text == null) {
            return "there is no test class " + parts[0];
        }
        return parts.length == 1 || text.contains("void " + parts[1] + "(")
                ? ""
                : parts[0] + " has no method " + parts[1];
    }

    /** Text of the test classes of each simple name. */
    private static Map<String, String> tests() throws IOException {
        Map<String, String> tests = new TreeMap<>();
        try (Stream<Path> modules = Files.list(SharedMaterial.repository())) {
            for (Path module : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(module)) {
                    for (Path file : files.filter(file -> file.toString().endsWith(".java"))
                            .toList()) {
                        String name = file.getFileName().toString();
                        tests.merge(
                                name.substring(0, name.length() - ".java".length()),
                                Files.readString(file),
                                String::concat);
                    }
                }
            }
        }
        return tests;
    }
}
