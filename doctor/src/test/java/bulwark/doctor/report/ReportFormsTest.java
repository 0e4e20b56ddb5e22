package bulwark.doctor.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.json.StrictJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** One report in all its forms: the same words in each, and nothing in any that a reader would obey. */
class ReportFormsTest {
    /** Control characters but line feed and tab, what turns directions, noncharacters. */
    private static final Pattern HARMFUL = Pattern.compile(
            "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\ufdd0-\\ufdef\\ufffe\\uffff\\ufffd]");

    @TempDir
    Path folder;

    private static String table(Report report, int width) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ReportTable(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, width).print(report, false);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static Map<String, byte[]> forms(Report report) {
        Map<String, byte[]> forms = new LinkedHashMap<>();
        forms.put("table", table(report, 200).getBytes(StandardCharsets.UTF_8));
        forms.put("json", report.json());
        forms.put("sarif", SarifReport.of(report));
        forms.put("oscal", OscalReport.of(report));
        forms.put("junit", JunitReport.of(report));
        forms.put("html", HtmlReport.of(report));
        return forms;
    }

    @Test
    void what_a_target_says_is_harmless_in_every_form() {
        forms(SampleReports.whole()).forEach((form, bytes) -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            assertThat(HARMFUL.matcher(text).find()).as(form).isFalse();
            assertThat(text).as(form).contains("a?b?[2Jc?d?e?f?g?h");
        });
    }

    @Test
    void each_form_has_the_same_words() throws Exception {
        Report report = SampleReports.whole();
        Map<String, String> read = new LinkedHashMap<>();
        read.put("sarif", strings(SarifReport.of(report)));
        read.put("oscal", strings(OscalReport.of(report)));
        read.put("junit", words(ReportXml.parse(JunitReport.of(report))));
        read.put("html", words(ReportXml.parse(HtmlReport.of(report))));
        String table = table(report, 200);
        read.forEach((form, text) -> {
            assertThat(text).as(form).contains(report.summary());
            report.probes().forEach(probe -> {
                assertThat(text).as(form).contains(probe.id(), probe.title());
                assertThat(table).as(form).contains(probe.id(), probe.title());
                probe.observation()
                        .forEach((label, words) -> assertThat(text)
                                .as(form + " " + probe.id() + " " + label)
                                .contains(words));
            });
        });
    }

    /** Every string of a JSON document. */
    private static String strings(byte[] json) {
        StringBuilder all = new StringBuilder();
        StrictJson.parse(json)
                .findValuesAsString("text")
                .forEach(text -> all.append(text).append('\n'));
        List.of("description", "title", "target-id", "ruleId", "justification", "value")
                .forEach(name -> StrictJson.parse(json)
                        .findValuesAsString(name)
                        .forEach(text -> all.append(text).append('\n')));
        return all.toString();
    }

    private static String words(Document document) {
        StringBuilder all = new StringBuilder(document.getDocumentElement().getTextContent());
        NodeList elements = document.getElementsByTagName("*");
        for (int i = 0; i < elements.getLength(); i++) {
            var attributes = elements.item(i).getAttributes();
            for (int k = 0; k < attributes.getLength(); k++) {
                all.append('\n').append(attributes.item(k).getNodeValue());
            }
        }
        return all.toString();
    }

    @Test
    void the_page_is_well_formed_and_asks_for_nothing_outside_of_it() throws Exception {
        for (Report report : List.of(SampleReports.whole(), SampleReports.partial(), SampleReports.empty())) {
            String page = new String(HtmlReport.of(report), StandardCharsets.UTF_8);
            Document document = ReportXml.parse(HtmlReport.of(report));
            for (String active : List.of("script", "link", "img", "iframe", "object", "form", "a", "svg", "base")) {
                assertThat(document.getElementsByTagName(active).getLength())
                        .as(active)
                        .isZero();
            }
            assertThat(page)
                    .startsWith("<!DOCTYPE html>")
                    .contains("default-src 'none'")
                    .doesNotContain("url(", "@import");
            assertThat(page.contains("class=\"partial\"")).isEqualTo(!report.complete());
        }
    }

    @Test
    void a_narrow_terminal_shows_whole_words_in_lines_that_fit() {
        String table = table(SampleReports.whole(), 44);
        assertThat(table.lines()
                        .filter(line -> line.length() > 44 && line.strip().contains(" "))
                        .filter(line -> line.startsWith(" "))
                        .toList())
                .isEmpty();
        assertThat(table).contains("FACTS-TLS-01");
    }

    @Test
    void colours_are_there_only_where_they_are_wanted() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ReportTable(new PrintStream(bytes, true, StandardCharsets.UTF_8), true, 100)
                .print(SampleReports.whole(), false);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("\u001b[31mfail", "\u001b[35merror");
        assertThat(table(SampleReports.whole(), 100)).doesNotContain("\u001b");
    }

    @Test
    void a_file_is_its_owners_alone_and_whole_or_not_there() throws Exception {
        Path file = folder.resolve("report.html");
        ReportFile.create(file, new byte[] {1, 2, 3});
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> ReportFile.create(folder.resolve("none/report.html"), new byte[] {1}))
                .isInstanceOf(IOException.class);
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }
}
